"""What the supervisor says to the person who started it."""

from __future__ import annotations

import time

_started = time.monotonic()


def say(text: str) -> None:
    """Print a line with the seconds since the start."""
    print(f"[{time.monotonic() - _started:5.1f} s] {text}", flush=True)
