"""What became of verdicts: one row for each conversation that triage read, and what people made of it.

The verdict of a conversation is the one that a person corrected or confirmed; where nobody did, its last. A person has
looked at a conversation when an agent replied in it or it was closed, or when somebody said what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from conversations.models import Conversation
from people.models import Agent

_ROWS = """
SELECT v.conversation_id, v.created_at, v.topic_id, v.topic_probability, v.is_sure, v.drift, v.model_id,
       c.id IS NOT NULL, c.topic_id, coalesce(c.is_confirmation, false),
       conversation.state = 'closed' OR EXISTS (
           SELECT FROM conversations_part p
           WHERE p.conversation_id = v.conversation_id AND p.kind = 'message' AND p.author_kind = 'agent'),
       EXISTS (
           SELECT FROM triage_correction t
           WHERE t.conversation_id = v.conversation_id AND t.field = 'team' AND t.is_last AND NOT t.is_confirmation
             AND t.verdict_id IS NOT NULL)
FROM triage_verdict v
JOIN conversations_conversation conversation ON conversation.id = v.conversation_id
LEFT JOIN triage_correction c ON c.conversation_id = v.conversation_id AND c.field = 'topic' AND c.is_last
WHERE v.created_at >= %s AND v.created_at < %s
  AND (v.id = c.verdict_id OR (c.verdict_id IS NULL AND v.is_last))
ORDER BY v.created_at, v.conversation_id
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and its fate. `topic` is what triage said (a topic's key), `truth` what a person said it is."""

    conversation: int
    at: datetime
    topic: int | None
    probability: float
    alone: bool  # sure enough to decide by itself
    drift: float
    model: int | None
    decided: bool  # a person said what it is about
    truth: int | None
    confirmed: bool
    looked: bool  # somebody replied or closed it
    moved: bool  # a person chose another team

    @property
    def seen(self) -> bool:
        return self.looked or self.decided

    @property
    def corrected(self) -> bool:
        return self.decided and not self.confirmed and self.truth != self.topic

    @property
    def counts(self) -> bool:
        """It says something about how right triage is: it decided alone and a person saw it."""
        return self.alone and self.seen

    @property
    def tests_probability(self) -> bool:
        """What was said can be compared with what is true: also guesses that did not decide, if a person did."""
        return self.topic is not None and (self.decided or self.counts)

    @property
    def about(self) -> int | None:
        """What it is about, as far as anybody knows."""
        return self.truth if self.decided and not self.confirmed else self.topic


def judged(agent: Agent, begin: datetime, end: datetime) -> list[Judged]:
    """Of conversations that the agent may see, by the time of their verdicts, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [begin, end])
        rows = [Judged(*row) for row in cursor.fetchall()]
    return _visible(rows, agent)


def _visible(rows: Sequence[Judged], agent: Agent) -> list[Judged]:
    if agent.is_active and agent.sees_everything:
        return list(rows)
    keys = [row.conversation for row in rows]
    mine = set(Conversation.objects.visible_to(agent).filter(pk__in=keys).values_list("pk", flat=True))
    return [row for row in rows if row.conversation in mine]


# What a number may count, by the word that stands in the address of its list.
KINDS: Mapping[str, Callable[[Judged], bool]] = {
    "verdicts": lambda row: True,
    "alone": lambda row: row.alone,
    "abstained": lambda row: not row.alone,
    "checked": lambda row: row.counts,
    "right": lambda row: row.counts and not row.corrected,
    "corrected": lambda row: row.alone and row.corrected,
    "moved": lambda row: row.moved,
    "compared": lambda row: row.tests_probability,
}


def of_kind(rows: Iterable[Judged], kind: str) -> list[Judged]:
    """Those that a number of this kind counts."""
    return [row for row in rows if KINDS[kind](row)]
