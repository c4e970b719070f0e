"""`manage.py serve`: the whole shop on one machine under one command (`make run`).

Prepares what is missing (tables, catalogue, demo data, index), then runs the worker and the server side by side until Ctrl-C. What is
there already is left alone, so that a second start takes seconds and keeps the data.
"""

import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from catalogue.models import Product
from marketplace.demo.accounts import ACCOUNTS
from marketplace.demo.pictures import drawn_folder
from marketplace.processes import Program, Supervisor, manage
from marketplace.progress import Progress, ProgressBar
from marketplace.translations import compile_catalogue
from search.engines.base import get_engine
from search.models import IndexedVersion

WEB_PROCESSES = 2
WEB_THREADS = 4


class Command(BaseCommand):
    help = "Prepares and runs the whole shop on this machine: server, worker, demo data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to try it from a phone")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        _refuse_taken_port(host, port)
        # Until the supervisor takes over, a kill ends what was begun as Ctrl-C does.
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
        started = time.monotonic()
        # Server and worker take their settings anew: what they write into mails and QR codes leads here.
        if not os.environ.get("SITE_URL"):
            os.environ["SITE_URL"] = f"http://localhost:{port}"
        if compile_catalogue():
            self.stdout.write("Vietnamese catalogue compiled.")
        with self._packs_drawn_meanwhile():
            self._migrate()
            if settings.DEMONSTRATION:
                self._load_demo()
        self._build_index()
        connection.close()

        Thread(target=self._announce, args=(host, port, started), daemon=True).start()
        self.stdout.write("Starting the worker and the server …")
        Supervisor([Program("server", _server(host, port)), Program("worker", manage("worker"))]).run()
        self.stdout.write("Stopped. The data stays in " + str(settings.DATA_DIR))

    @contextlib.contextmanager
    def _packs_drawn_meanwhile(self) -> Iterator[None]:
        """Let other cores draw the demonstration's packs while this one makes the tables, the first time."""
        if self._demo_mark().exists() or not settings.DEMONSTRATION or (os.cpu_count() or 1) < 2:
            yield
            return
        # In a session of its own: what it starts ends with it.
        painter = subprocess.Popen(manage("draw_demo"), start_new_session=True, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            yield
        finally:
            # What it has drawn is kept until the demonstration is loaded: a start that was broken off goes on with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(painter.pid, signal.SIGTERM)
            painter.wait()
            if self._demo_mark().exists():
                shutil.rmtree(drawn_folder(), ignore_errors=True)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write("Preparing the database (once, about a minute) …")
            counted = _Counted(len(plan), ProgressBar(self.stdout).show)
            call_command("migrate", interactive=False, stdout=counted)

    def _load_demo(self) -> None:
        if self._demo_mark().exists() and Product.objects.exists():
            return
        self.stdout.write("Loading the demonstration (once) …")
        call_command("load_demo", stdout=self.stdout)
        # Written last: a load that was broken off is taken up again.
        self._demo_mark().touch()

    def _demo_mark(self) -> Path:
        return Path(settings.DATA_DIR) / "demo-loaded"

    def _build_index(self) -> None:
        engine = get_engine()
        index_name = engine.index_name()
        indexed = IndexedVersion.objects.filter(index_name=index_name)
        if Product.objects.exists() and not (engine.reads(index_name) and indexed.exists()):
            self.stdout.write("Building the search index …")
            # By force: what an index of an earlier life holds is no loss to a new database.
            call_command("search_rebuild", force=True)

    def _announce(self, host: str, port: int, started: float) -> None:
        """Print the address and the accounts once the server answers."""
        address = f"http://localhost:{port}"
        probe = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/healthz/"  # noqa: S104
        while True:
            with contextlib.suppress(URLError, OSError), urllib.request.urlopen(probe, timeout=2):
                break
            time.sleep(0.2)
        translation.activate("en")  # as everything else that commands say
        lines = ["", f"Chợ OCOP is open: {address}  (ready after {time.monotonic() - started:.0f} s)"]
        if settings.DEMONSTRATION:
            lines += [f"Demonstration accounts, password {settings.DEMO_PASSWORD}"]
            lines += [
                f"  {account.role!s:<18} {account.email:<26} {address}{account.start}" for account in ACCOUNTS
            ]
        lines += ["Ctrl-C stops everything; `make reset` forgets the data.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


class _Counted(io.StringIO):
    """Takes what `migrate` prints and shows how many of the migrations are done."""

    def __init__(self, total: int, show: Progress) -> None:
        super().__init__()
        self.done, self.total, self.show = 0, total, show

    def write(self, text: str) -> int:
        if text.strip() == "OK":
            self.done += 1
            self.show(self.done, self.total)
        return len(text)


def _server(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS), "--no-ws"),
        *("--workers-kill-timeout", "5", "--log-level", "warning", "marketplace.wsgi:application"),
    ]


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} can't be used ({error.strerror}). Choose another: make run PORT={port + 1}"
            ) from error
