"""Dialogues out of rows: which column means what, who speaks, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from conversations.errors import Refusal
from conversations.replay.tables import Row, Unreadable
from conversations.text import MAX_BODY, clean_body

CUSTOMER, AGENT = "customer", "agent"

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "dialogue": ("dialogue", "dialog", "conversation", "dialogue_id", "dialog_id", "conversation_id", "thread",
                 "ticket", "ticket_id", "first_tweet_id", "id"),
    "turn": ("turn", "turn_id", "turn_number", "position", "index", "seq", "number"),
    "author": ("author", "speaker", "role", "sender", "from"),
    "text": ("text", "body", "utterance", "message", "content"),
}  # fmt: skip
_CUSTOMERS = {"customer", "cust", "client", "user", "visitor", "requester", "inbound", "true"}
_AGENTS = {"agent", "rep", "assistant", "operator", "support", "staff", "outbound", "false"}

# Utterances with their speakers in one cell: "<cust__ … __cust> <rep__ … __rep>". The last may be cut off.
_MARKED = re.compile(r"<(cust|rep)__\s(.*?)(?:\s?__\1>|$)", re.DOTALL)
_MARKED_COLUMNS = ("first_utterance", "context")


@dataclass(frozen=True, slots=True)
class Turn:
    author: str  # CUSTOMER or AGENT
    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; an empty name means that there is none."""

    dialogue: str
    text: str
    turn: str = ""
    author: str = ""


@dataclass(slots=True)
class Reading:
    """Dialogues of one file, and what was left out of them."""

    dialogues: list[Dialogue] = field(default_factory=list)
    empty_turns: int = 0
    agent_begins: int = 0


def read(rows: Iterable[Row], *, given: Mapping[str, str | None], truncate: bool, limit: int | None) -> Reading:
    """Up to `limit` dialogues of the rows, in the order of the file.

    Raises:
        Unreadable: a column is missing, or a text the desk would not take.
    """
    reading = Reading()
    for name, turns in _grouped(rows, given, limit):
        kept = tuple(turn for turn in (_clean(name, each, truncate=truncate) for each in turns) if turn.text)
        reading.empty_turns += len(turns) - len(kept)
        if kept and kept[0].author == AGENT:
            reading.agent_begins += 1  # in the messenger it is customers who begin
        elif kept:
            reading.dialogues.append(Dialogue(name, kept))
    if not reading.dialogues:
        raise Unreadable("there is no dialogue in it that a customer begins")
    return reading


def _grouped(
    rows: Iterable[Row], given: Mapping[str, str | None], limit: int | None
) -> Iterator[tuple[str, list[Turn]]]:
    iterator = iter(rows)
    first = next(iterator, None)
    if first is None:
        raise Unreadable("the file is empty")
    everything = _chained(first, iterator)
    if all(column in first for column in _MARKED_COLUMNS) and not given.get("text"):
        columns = Columns(_column(first, "dialogue", given, needed=True), "")
        found = _one_row_each(everything, columns)
    else:
        found = _one_row_a_turn(everything, detect(first, given))
    for number, dialogue in enumerate(found):
        if limit is not None and number >= limit:
            return
        yield dialogue


def _chained(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def detect(row: Row, given: Mapping[str, str | None]) -> Columns:
    """What the columns mean, by what the caller said and by their names."""
    return Columns(
        dialogue=_column(row, "dialogue", given, needed=True),
        text=_column(row, "text", given, needed=True),
        turn=_column(row, "turn", given),
        author=_column(row, "author", given),
    )


def _column(row: Row, meaning: str, given: Mapping[str, str | None], *, needed: bool = False) -> str:
    if name := given.get(meaning):
        if name not in row:
            raise Unreadable(f"there is no column {name}; there are {', '.join(row)}")
        return name
    found = next((name for name in _KNOWN[meaning] if name in row), "")
    if needed and not found:
        raise Unreadable(f"say with --{meaning} which column holds the {meaning}; there are {', '.join(row)}")
    return found


def _one_row_each(rows: Iterable[Row], columns: Columns) -> Iterator[tuple[str, list[Turn]]]:
    for row in rows:
        said = [found for column in _MARKED_COLUMNS for found in _MARKED.findall(str(row[column] or ""))]
        yield str(row[columns.dialogue]), [Turn(CUSTOMER if who == "cust" else AGENT, text) for who, text in said]


def _one_row_a_turn(rows: Iterable[Row], columns: Columns) -> Iterator[tuple[str, list[Turn]]]:
    """Rows of a dialogue may stand apart, so all are read before the first one is known to be whole."""
    found: dict[str, list[tuple[float, Turn]]] = {}
    for number, row in enumerate(rows):
        turns = found.setdefault(str(row[columns.dialogue]), [])
        turns.append((_place(row, columns, number), Turn(_author(row, columns), str(row[columns.text] or ""))))
    for name, numbered in found.items():
        yield name, [turn for _, turn in sorted(numbered, key=_first)]


def _first(pair: tuple[float, Turn]) -> float:
    return pair[0]


def _place(row: Row, columns: Columns, number: int) -> float:
    if not columns.turn:
        return number
    try:
        return float(row[columns.turn])
    except (TypeError, ValueError):
        raise Unreadable(f"column {columns.turn}: {row[columns.turn]!r} is not a number") from None


def _author(row: Row, columns: Columns) -> str:
    if not columns.author:
        return CUSTOMER
    name = str(row[columns.author]).strip().lower()
    if name in _CUSTOMERS:
        return CUSTOMER
    if name in _AGENTS:
        return AGENT
    known = ", ".join(sorted(_CUSTOMERS | _AGENTS))
    raise Unreadable(f"column {columns.author}: {row[columns.author]!r} is none of {known}")


def _clean(name: str, turn: Turn, *, truncate: bool) -> Turn:
    """The turn as the desk will store it, or an empty one."""
    text = turn.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return Turn(turn.author, "")
    if len(text) > MAX_BODY and truncate:
        text = text[:MAX_BODY].rstrip()
    try:
        clean_body(text)
    except Refusal as refusal:
        hint = " Cut with --truncate." if refusal.code == "text_too_long" else ""
        raise Unreadable(f"dialogue {name}: {refusal.message}{hint}") from refusal
    return Turn(turn.author, text)


def count_turns(dialogues: Sequence[Dialogue]) -> int:
    return sum(len(dialogue.turns) for dialogue in dialogues)
