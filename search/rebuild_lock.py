"""One rebuild at a time: a lock that dies with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from search.errors import RebuildRunning

#: Names the lock among PostgreSQL's advisory locks; any number that nothing else here uses.
_KEY: Final = 5_364_728_190


@contextmanager
def only_rebuild() -> Iterator[None]:
    """Hold the right to rebuild; of this shop on PostgreSQL, else of this machine. Raises RebuildRunning."""
    with _on_postgresql() if connection.vendor == "postgresql" else _on_this_machine():
        yield


@contextmanager
def _on_postgresql() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        (held,) = cursor.fetchone()
    if not held:
        raise RebuildRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


@contextmanager
def _on_this_machine() -> Iterator[None]:
    descriptor = os.open(Path(settings.DATA_DIR) / "search-rebuild.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RebuildRunning from error
        yield
    finally:
        os.close(descriptor)
