"""How far a long command is: a bar on a terminal, a line each tenth elsewhere."""

import time
from collections.abc import Callable
from typing import Final

from django.core.management.base import OutputWrapper

#: Called with how much is done and how much there is.
Progress = Callable[[int, int], None]
WIDTH: Final = 40
#: Seconds between two drawings on a terminal.
_EVERY: Final = 0.2


class ProgressBar:
    """Shows done and total, the rate of this run and the time that is left."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._started = time.monotonic()
        self._drawn_at = 0.0
        self._tenth = -1
        self._open = False

    def show(self, done: int, total: int, before: int = 0) -> None:
        """Draw; ``before`` of what is done was done by an earlier run and doesn't count for the rate."""
        part = 1.0 if total == 0 else min(1.0, done / total)
        now = time.monotonic()
        if self._out.isatty():
            if now - self._drawn_at < _EVERY and part < 1:
                return
            self._drawn_at = now
            self._out.write(f"\r{self._line(part, done, total, done - before)}\x1b[K", ending="")
            self._out.flush()
            self._open = True
            if part == 1:
                self.end()
        elif int(part * 10) != self._tenth:
            self._tenth = int(part * 10)
            self._out.write(self._line(part, done, total, done - before))

    def end(self) -> None:
        """Leave the line of the bar, if it stands on one."""
        if self._open:
            self._out.write("")
            self._open = False

    def _line(self, part: float, done: int, total: int, by_this_run: int) -> str:
        bar = "█" * int(part * WIDTH)
        rate = by_this_run / max(time.monotonic() - self._started, 0.001)
        left = f"{(total - done) / rate:,.0f} s left" if rate else "…"
        return f"{bar:░<{WIDTH}} {part:4.0%}  {done:,} / {total:,}  {rate:,.0f} a second, {left}"
