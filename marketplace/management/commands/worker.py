"""`manage.py worker`: all background work of the shop under one command.

Three loops, each a process of its own, so that a long import holds up neither mails nor the search index: tasks (django-tasks'
database worker), index (changes into search) and periodic (sweeps of overdue duties). One that dies is started again; django-tasks'
worker for one doesn't survive a locked SQLite. Any number of workers may run, on one machine or on several.
"""

import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from marketplace.periodic import index_forever, is_alive, run_jobs_forever
from marketplace.processes import Program, Supervisor, manage

LOOPS = ("tasks", "index", "periodic")


class Command(BaseCommand):
    help = "Does all background work: tasks, the search index, periodic jobs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=LOOPS, help="run one loop in this process")
        parser.add_argument(
            "--alive", action="store_true", help="fail unless this machine's worker is at work"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["alive"]:
            if not is_alive():
                raise CommandError("No worker has done its round on this machine lately.")
            return
        if options["only"]:
            _end_with_parent()
            loop: Callable[[], None] = {
                "tasks": _do_tasks,
                "index": lambda: _until_told(index_forever),
                "periodic": lambda: _until_told(run_jobs_forever),
            }[options["only"]]
            loop()
            return
        Supervisor([Program(f"worker {name}", manage("worker", "--only", name)) for name in LOOPS]).run()


def _do_tasks() -> None:
    call_command("db_worker", queue_name="*", reload=False)


def _until_told(loop: Callable[[Event], None]) -> None:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    loop(stop)


def _end_with_parent() -> None:
    """Stop this loop when its supervisor is gone without a word, so that no loop runs twice after a restart."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()
