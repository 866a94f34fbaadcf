"""What customers wrote, as triage reads it. Never kept: it is looked up when it is needed, so what was redacted or
erased is forgotten here too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

LONGEST = 2_000  # characters; people say what they want before that
MOST = 50  # of a customer's messages the first and the last so many are read, however many thousand there are

# Of each conversation: who wrote its messages, in order, and what the customer's first and last ones say.
_MESSAGES = """
SELECT conversation_id, number, author_kind,
    CASE WHEN author_kind = 'customer' AND (from_first <= %(most)s OR from_last <= %(most)s)
        THEN (SELECT left(body, %(longest)s) FROM conversations_part WHERE id = spoken.id) ELSE '' END
FROM (
    SELECT id, conversation_id, number, author_kind,
        row_number() OVER (PARTITION BY conversation_id, author_kind ORDER BY number) AS from_first,
        row_number() OVER (PARTITION BY conversation_id, author_kind ORDER BY number DESC) AS from_last
    FROM conversations_part
    WHERE conversation_id = ANY(%(keys)s) AND kind = 'message' AND redacted_at IS NULL
        AND author_kind IN ('customer', 'agent')
) AS spoken
ORDER BY conversation_id, number
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a customer wrote.

    opening    everything before an agent first answered: what it is about; where that is long, how it begins
    latest     what they wrote since an agent last answered: how they feel now; where that is long, how it ends.
               Before any answer the same as `opening`, unless that is long
    number     of their last message, 0 when there is none
    messages   how many they wrote
    answered   whether an agent has answered
    """

    conversation: int
    opening: str
    latest: str
    number: int
    messages: int
    answered: bool


def texts_of(conversations: Iterable[int]) -> dict[int, Wording]:
    """The wording of each conversation, by its key; of those that do not exist or hold no message an empty one."""
    keys = list(conversations)
    spoken: dict[int, list[tuple[int, str, str]]] = {key: [] for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, {"most": MOST, "longest": LONGEST, "keys": keys})
        for key, number, author, body in cursor.fetchall():
            spoken[key].append((number, author, body))
    return {key: _wording(key, messages) for key, messages in spoken.items()}


def _wording(key: int, messages: Sequence[tuple[int, str, str]]) -> Wording:
    turns = [author for _, author, _ in messages]
    first = turns.index("agent") if "agent" in turns else len(turns)
    # Where an agent wrote first, the customer's answer is the opening.
    start = next((at for at, author in enumerate(turns) if author == "customer"), 0)
    end = first if first > start else next((at for at in range(start, len(turns)) if turns[at] == "agent"), len(turns))
    last = max((at for at, author in enumerate(turns) if author == "agent"), default=-1)
    theirs = [(number, body) for number, author, body in messages if author == "customer"]
    opening = [body for _, author, body in messages[start:end] if author == "customer"]
    latest = [body for _, author, body in messages[last + 1 :] if author == "customer"]
    return Wording(
        conversation=key,
        opening=_joined(opening)[:LONGEST],
        latest=_joined(latest or opening)[-LONGEST:],
        number=theirs[-1][0] if theirs else 0,
        messages=len(theirs),
        answered="agent" in turns[start:],
    )


def _joined(bodies: Sequence[str]) -> str:
    return "\n".join(body for body in bodies if body)
