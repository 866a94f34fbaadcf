"""What must hold after every fault, read from the database and compared with what every client saw."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from bench.client import Crowd, History, Pair
from bench.desk import Desk
from helpdesk.state import CHECKOUT

_PARTS = """
SELECT c.public_id::text, p.number, p.public_number, p.id::text, coalesce(p.client_id::text, '')
FROM conversations_part p JOIN conversations_conversation c ON c.id = p.conversation_id
ORDER BY c.public_id, p.number"""


class Stored(NamedTuple):
    conversation: str
    number: int
    public_number: int | None
    id: str
    client_id: str


@dataclass(frozen=True)
class Verdict:
    """Counts of what went wrong; all zero is the promise kept."""

    lost: int  # acknowledged and not stored
    twice: int  # the same client_id stored again
    holes: int  # conversations whose numbers are not 1 … n, in either numbering
    renumbered: int  # acknowledged with another number than stored
    diverged: int  # clients whose list differs from the database's
    stale: int  # agents whose list shows an older row than the database holds
    unanswered: int  # messages that were never acknowledged
    broken: int  # clients that saw a contradiction

    @property
    def is_clean(self) -> bool:
        return not any(getattr(self, name) for name in self.__dataclass_fields__)


def read_parts(desk: Desk) -> dict[str, list[Stored]]:
    """Every part, by conversation and in order."""
    found: dict[str, list[Stored]] = defaultdict(list)
    with psycopg.connect(desk.run.database_url, connect_timeout=5) as link:
        for row in link.execute(_PARTS):
            found[row[0]].append(Stored(*row))
    return found


def judge(crowd: Crowd, stored: dict[str, list[Stored]]) -> Verdict:
    by_client_id = {(part.conversation, part.client_id): part for parts in stored.values() for part in parts}
    return Verdict(
        lost=_lost(crowd.history, by_client_id),
        twice=_twice(stored),
        holes=sum(not _is_dense(parts) for parts in stored.values()),
        renumbered=_renumbered(crowd.history, by_client_id),
        diverged=sum(_diverged(pair, stored[pair.conversation]) for pair in crowd.pairs),
        stale=sum(_is_stale(crowd.history, pair, stored[pair.conversation]) for pair in crowd.pairs),
        unanswered=sum(not record.acknowledged for record in crowd.history.sent.values()),
        broken=len(crowd.failed()),
    )


def _lost(history: History, stored: dict[tuple[str, str], Stored]) -> int:
    acknowledged = ((record.conversation, key) for key, record in history.sent.items() if record.acknowledged)
    return sum(key not in stored for key in acknowledged)


def _twice(stored: dict[str, list[Stored]]) -> int:
    uses = Counter((part.conversation, part.client_id) for parts in stored.values() for part in parts if part.client_id)
    return sum(count - 1 for count in uses.values())


def _is_dense(parts: list[Stored]) -> bool:
    public = [part.public_number for part in parts if part.public_number is not None]
    return [part.number for part in parts] == list(range(1, len(parts) + 1)) and public == list(
        range(1, len(public) + 1)
    )


def _renumbered(history: History, stored: dict[tuple[str, str], Stored]) -> int:
    wrong = 0
    for key, record in history.sent.items():
        part = stored.get((record.conversation, key))
        if record.acknowledged and part is not None:
            wrong += record.number != (part.public_number if record.by_customer else part.number)
    return wrong


def _diverged(pair: Pair, parts: list[Stored]) -> int:
    """How many of the two ends show another list than the database holds."""
    public = [(part.public_number, part.id) for part in parts if part.public_number is not None]
    full = [(part.number, part.id) for part in parts]
    customer = [
        (number, part["id"]) for number, part in sorted(pair.customer.timelines[pair.conversation].parts.items())
    ]
    agent = [(number, part["id"]) for number, part in sorted(pair.agent.timelines[pair.conversation].parts.items())]
    return (customer != public) + (agent != full)


def _is_stale(history: History, pair: Pair, parts: list[Stored]) -> bool:
    return history.rows.get((id(pair.agent), pair.conversation), 0) < len(parts)


def check_delivery(desk: Desk) -> subprocess.CompletedProcess[str]:
    """The desk's own check, as an administrator would run it."""
    env = {**os.environ, "PARLEY_STATE": str(desk.root), "PARLEY_URL": desk.url}
    command = [sys.executable, str(CHECKOUT / "manage.py"), "check_delivery", "--wait", "60"]
    return subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False)
