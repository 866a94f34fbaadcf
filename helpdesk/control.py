"""Orders to a running supervisor, left as files: stop an engine, or start it again.

This exists for tests that take the database or the broker away, and for people who must. Files rather than a socket:
a state directory's path may be too long for one, and the order survives a supervisor that is busy.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from helpdesk.state import State, replace_text


@dataclass(frozen=True)
class Order:
    """Stop or start one engine; `is_empty` makes it come back without its data."""

    engine: str
    verb: str
    mode: str = "fast"
    is_empty: bool = False


class NoAnswer(Exception):
    """The supervisor does not take orders."""


def give(state: State, order: Order, patience: float = 90.0) -> str:
    """Leave an order and wait for the answer."""
    state.control.mkdir(mode=0o700, exist_ok=True)
    request = state.control / f"{uuid.uuid4().hex}.request"
    answer = request.with_suffix(".answer")
    replace_text(request, json.dumps(asdict(order)))
    deadline = time.monotonic() + patience
    while not answer.exists():
        if time.monotonic() > deadline:
            request.unlink(missing_ok=True)
            raise NoAnswer(f"no supervisor answers on {state.root}")
        time.sleep(0.02)
    text = answer.read_text()
    answer.unlink()
    return text


def take(state: State, obey: Callable[[Order], str]) -> None:
    """Obey every order that lies there."""
    for request in sorted(state.control.glob("*.request")):
        order = Order(**json.loads(request.read_text()))
        request.unlink()
        replace_text(request.with_suffix(".answer"), obey(order))


def clear(state: State) -> None:
    """Forget orders given to a supervisor that has ended."""
    for leftover in state.control.glob("*"):
        leftover.unlink()
