"""Compares what was stored, and what both ends saw, with what the file says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations.models import Part as StoredPart
from conversations.replay.dialogues import Dialogue
from conversations.replay.player import Played
from conversations.replay.timeline import Part

Said = tuple[str, str]  # author, text
SHOWN = 60  # characters of a text in a message


@dataclass(frozen=True, slots=True)
class Difference:
    dialogue: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.dialogue}: {self.where}: {self.what}"


def differences(played: Sequence[Played]) -> list[Difference]:
    """Everything that is not as in the file; empty is the proof."""
    stored = _stored([each.conversation for each in played])
    return [difference for each in played for difference in _compare(each, stored.get(each.conversation, []))]


def _stored(conversations: Sequence[str]) -> dict[str, list[StoredPart]]:
    found: dict[str, list[StoredPart]] = {}
    parts = StoredPart.objects.filter(conversation__public_id__in=conversations).select_related("conversation")
    for part in parts.order_by("conversation_id", "number"):
        found.setdefault(str(part.conversation.public_id), []).append(part)
    return found


def _compare(played: Played, stored: Sequence[StoredPart]) -> Iterable[Difference]:
    name = played.dialogue.name
    if played.problem:
        yield Difference(name, "playing", played.problem)
    if [part.number for part in stored] != list(range(1, len(stored) + 1)):
        yield Difference(name, "the database", "its parts are not numbered 1 … n")
    views = (
        ("the database", [(part.author_kind, part.body) for part in stored if part.kind == "message"]),
        ("the customer", _said(played.customer_saw)),
        ("the agent", _said(played.agent_saw)),
    )
    for where, said in views:
        if what := mismatch(played.dialogue, said):
            yield Difference(name, where, what)


def _said(parts: Iterable[Part]) -> list[Said]:
    return [(part["author"]["kind"], part["body"]) for part in parts if part["kind"] == "message"]


def mismatch(dialogue: Dialogue, said: Sequence[Said]) -> str:
    """The first thing that is not as in the dialogue; empty when all is."""
    wanted = [(turn.author, turn.text) for turn in dialogue.turns]
    for number, (want, got) in enumerate(zip(wanted, said, strict=False), 1):
        if want != got:
            return f"turn {number} is {_short(got)} instead of {_short(want)}"
    if len(wanted) != len(said):
        return f"{len(said)} turns instead of {len(wanted)}"
    return ""


def _short(said: Said) -> str:
    author, text = said
    return f"{author} {text if len(text) <= SHOWN else text[:SHOWN] + '…'!r}"
