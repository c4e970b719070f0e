"""Programs side by side: one that dies comes back, all end together, none outlives the command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from marketplace import processes
from marketplace.processes import Program, Supervisor

WAIT = 20.0

#: Writes its process id behind the others', then lives until it is told to go.
LIVES = "import os, signal, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); signal.pause()"
#: The same, and dies at once.
DIES = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); sys.exit(3)"


def eventually(condition: Callable[[], bool]) -> None:
    """Wait for a condition in another process."""
    deadline = time.monotonic() + WAIT
    tick = processes.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        tick.wait(0.05)


def starts(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Supervisor]]:
    monkeypatch.setattr(processes, "FIRST_PAUSE", 0.1)
    # Signals can be handled in the main thread only, and that one is the test's.
    monkeypatch.setattr(processes.signal, "signal", lambda *_: signal.SIG_DFL)
    running: list[tuple[Supervisor, Thread]] = []

    def start(**programs: str) -> Supervisor:
        supervisor = Supervisor(
            [
                Program(name, [sys.executable, "-c", code, str(tmp_path / name)], pause=0.1)
                for name, code in programs.items()
            ],
            tick=0.02,
        )
        thread = Thread(target=supervisor.run)
        thread.start()
        running.append((supervisor, thread))
        return supervisor

    yield start
    for supervisor, thread in running:
        supervisor.stop()
        thread.join(WAIT)


def test_a_program_that_dies_is_started_again_and_harms_no_other(
    supervised: Callable[..., Supervisor], tmp_path: Path
) -> None:
    supervised(steady=LIVES, weak=DIES)

    eventually(lambda: len(starts(tmp_path / "weak")) >= 3)

    assert len(starts(tmp_path / "steady")) == 1


def test_the_pause_before_a_restart_grows(supervised: Callable[..., Supervisor], tmp_path: Path) -> None:
    supervisor = supervised(weak=DIES)

    eventually(lambda: len(starts(tmp_path / "weak")) >= 3)

    assert supervisor.programs[0].pause >= 0.4


def test_stopping_ends_every_program(supervised: Callable[..., Supervisor], tmp_path: Path) -> None:
    supervisor = supervised(one=LIVES, two=LIVES)
    eventually(lambda: bool(starts(tmp_path / "one") and starts(tmp_path / "two")))

    supervisor.stop()

    eventually(lambda: not any(program.is_running() for program in supervisor.programs))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_command_ends_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    program = (
        "import sys; from marketplace.processes import Program, Supervisor; "
        f"child = [sys.executable, '-c', {LIVES!r}, {str(tmp_path / 'child')!r}]; "
        "Supervisor([Program('child', child)]).run()"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parent.parent.parent, start_new_session=True
    )
    eventually(lambda: bool(starts(tmp_path / "child")))
    (child,) = starts(tmp_path / "child")

    # Ctrl-C goes to the whole group, a service manager's signal to the first process alone.
    if number == signal.SIGINT:
        os.killpg(command.pid, number)
    else:
        command.send_signal(number)

    assert command.wait(WAIT) == 0
    eventually(lambda: not is_alive(child))
