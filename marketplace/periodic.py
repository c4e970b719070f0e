"""The worker's loops that are ours: index changes one batch after the other, and the periodic jobs.

A job is a duty's sweeper: safe to run twice and on two machines. One that fails is logged and tried again at its next turn; it
keeps no other job from its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Final

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

PERIOD_SECONDS: Final = 30.0
#: Pause of the index loop where nothing waits (seconds): how late a change of price may be found.
INDEX_PAUSE_SECONDS: Final = 0.5
#: Pause after an index batch that failed.
INDEX_FAILURE_SECONDS: Final = 10.0
#: A job that takes longer than this (seconds) is named in the log.
SLOW_SECONDS: Final = 10.0


def run_jobs(paths: Sequence[str]) -> list[str]:
    """Run each job once, in order; return the paths of those that failed."""
    failed = []
    for path in paths:
        close_old_connections()
        started = time.monotonic()
        try:
            import_string(path)()
        except Exception:
            logger.exception("periodic job %s failed; it is tried again in %.0f s", path, PERIOD_SECONDS)
            failed.append(path)
        if (seconds := time.monotonic() - started) > SLOW_SECONDS:
            logger.warning("periodic job %s took %.0f s", path, seconds)
    close_old_connections()
    return failed


def run_jobs_forever(stop: Event) -> None:
    """Run all periodic jobs every 30 seconds until told to stop."""
    while not stop.is_set():
        run_jobs(settings.PERIODIC_JOBS)
        leave_sign_of_life()
        stop.wait(PERIOD_SECONDS)


def index_forever(stop: Event) -> None:
    """Bring changes into the search index until told to stop."""
    index_batch: Callable[[], int] = import_string(settings.INDEX_JOB)
    while not stop.is_set():
        close_old_connections()
        try:
            taken = index_batch()
        except Exception:
            logger.exception("an index batch failed; its changes wait")
            stop.wait(INDEX_FAILURE_SECONDS)
            continue
        if not taken:
            stop.wait(INDEX_PAUSE_SECONDS)


def _sign_of_life() -> Path:
    return Path(settings.DATA_DIR) / "worker-alive"


def leave_sign_of_life() -> None:
    """Note that the worker of this machine did its round just now."""
    _sign_of_life().touch()


def is_alive() -> bool:
    """Whether a worker of this machine did its round in the last few minutes."""
    try:
        age = time.time() - _sign_of_life().stat().st_mtime
    except FileNotFoundError:
        return False
    return age < 10 * PERIOD_SECONDS
