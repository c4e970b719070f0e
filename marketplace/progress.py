"""Shows how far a long command is: a bar on a terminal, a line each tenth where the output goes to a file."""

from collections.abc import Callable
from typing import Final, Protocol

#: Called with how much is done and how much there is.
Progress = Callable[[int, int], None]
WIDTH: Final = 40


class Output(Protocol):
    """What a command writes to (Django's `OutputWrapper`)."""

    def write(self, msg: str, style_func: None = None, ending: str | None = None) -> None: ...
    def flush(self) -> None: ...
    def isatty(self) -> bool: ...


class ProgressBar:
    """Draws itself anew at each call, and ends its line where all is done."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self._tenth = -1

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        part = 1.0 if total == 0 else min(1.0, done / total)
        bar = "█" * int(part * WIDTH)
        line = f"{bar:░<{WIDTH}} {part:4.0%}  {done:,} / {total:,}"
        if self.output.isatty():
            self.output.write(f"\r{line}", ending="\n" if done >= total else "")
        elif int(part * 10) != self._tenth:
            self.output.write(line)
        self._tenth = int(part * 10)
        self.output.flush()
