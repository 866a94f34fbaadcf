"""How far a command is, for people who wait for it."""

from __future__ import annotations

import sys
import time

_WIDTH = 30


class Bar:
    """A bar on standard error: redrawn in place on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int, unit: str) -> None:
        self._total, self._unit = max(1, total), unit
        self._start, self._shown_at = time.monotonic(), 0.0
        self._in_place = sys.stderr.isatty()
        self._unshown = ""

    def show(self, done: int, remark: str = "") -> None:
        self._unshown = self._line(done, remark)
        now = time.monotonic()
        if now - self._shown_at >= (0.1 if self._in_place else 5):
            self._shown_at = now
            self._write()

    def end(self) -> None:
        if self._unshown:
            self._write()
        if self._in_place:
            sys.stderr.write("\n")

    @property
    def seconds(self) -> float:
        return max(0.001, time.monotonic() - self._start)

    def _line(self, done: int, remark: str) -> str:
        filled = _WIDTH * done // self._total
        bar = "█" * filled + "·" * (_WIDTH - filled)
        return f"{bar} {done:,}/{self._total:,} {self._unit}{remark}"

    def _write(self) -> None:
        sys.stderr.write(f"\r{self._unshown}\x1b[K" if self._in_place else f"{self._unshown}\n")
        sys.stderr.flush()
        self._unshown = ""
