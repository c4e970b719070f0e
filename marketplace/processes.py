"""Runs a few programs side by side as one: starts them, restarts one that dies, stops all of them together."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import Final

logger = logging.getLogger(__name__)

#: Seconds before a restart: after the first death, and at most.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
#: A program that lived this long (seconds) begins anew with the shortest pause.
STEADY_SECONDS: Final = 60.0
#: Ctrl-C reaches a whole process group: seconds in which a program may follow it before it is told again.
FOLLOW_SECONDS: Final = 5.0
#: Seconds from being told until a program is killed.
PATIENCE_SECONDS: Final = 20.0


@dataclass
class Program:
    """One program under supervision."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = field(default=FIRST_PAUSE)

    def start(self) -> None:
        """Start it; its output goes where ours goes."""
        self.process = subprocess.Popen(self.command)  # noqa: S603  our own programs
        self.started_at = time.monotonic()

    def is_running(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps programs running until this process is told to stop (SIGINT, SIGTERM) or `stop` is called.

    All stay in this process's group, so that Ctrl-C, or a kill of the group, reaches each of them.
    """

    def __init__(self, programs: Sequence[Program], *, tick: float = 0.2) -> None:
        self.programs = programs
        self.tick = tick
        self._stopping = Event()
        self._interrupted = False

    def stop(self) -> None:
        """Make `run` stop everything and return."""
        self._stopping.set()

    def run(self) -> None:
        """Start all programs and keep them alive; returns when all of them have ended."""
        previous = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            for program in self.programs:
                program.start()
            while not self._stopping.wait(self.tick):
                for program in self.programs:
                    self._look_after(program)
        finally:
            self._stop_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = number == signal.SIGINT
        self._stopping.set()

    def _look_after(self, program: Program) -> None:
        if program.is_running():
            return
        now = time.monotonic()
        if program.process is not None:
            if now - program.started_at > STEADY_SECONDS:
                program.pause = FIRST_PAUSE
            logger.error(
                "%s ended with code %s; it starts again in %.0f s",
                program.name,
                program.process.returncode,
                program.pause,
            )
            program.start_at = now + program.pause
            program.pause = min(program.pause * 2, LONGEST_PAUSE)
            program.process = None
        elif now >= program.start_at:
            program.start()

    def _stop_all(self) -> None:
        running = [program for program in self.programs if program.is_running()]
        if self._interrupted:
            self._wait(running, FOLLOW_SECONDS)
        for program in running:
            if program.is_running():
                program.process.terminate()  # type: ignore[union-attr]
        self._wait(running, PATIENCE_SECONDS)
        for program in running:
            if program.is_running():
                logger.error("%s did not stop in %.0f s and is killed", program.name, PATIENCE_SECONDS)
                program.process.kill()  # type: ignore[union-attr]
                program.process.wait()  # type: ignore[union-attr]

    def _wait(self, programs: Sequence[Program], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(program.is_running() for program in programs) and time.monotonic() < deadline:
            time.sleep(0.05)


def manage(*arguments: str) -> list[str]:
    """Return the command line of one of our management commands."""
    return [sys.executable, "manage.py", *arguments]
