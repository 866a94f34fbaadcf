"""Is the new model better than the one that decides? Both answer the same rows, none of which they had learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from triage.actions.learning.answers import Answer, asked
from triage.actions.learning.lessons import Lessons, Row
from triage.artefacts import Loaded
from triage.trust.statistics import Difference, paired_difference

FEWEST = 30  # rows below which nothing is decided


@dataclass(frozen=True, slots=True)
class Compared:
    """`code` says how it came out: first, better, worse, no_difference, few, unusable, baseline."""

    code: str
    mine: float | None = None  # share of right answers
    others: float | None = None
    difference: Difference | None = None
    lived: bool = False  # over conversations only, not over examples

    @property
    def promotes(self) -> bool:
        return self.code in ("first", "better", "unusable")

    def told(self) -> dict[str, Any]:
        """As a version keeps it."""
        return asdict(self)

    def sentence(self) -> str:
        """For the log and whoever reads rows."""
        numbers = ""
        if self.difference is not None and self.mine is not None and self.others is not None:
            low, high = self.difference.low, self.difference.high
            numbers = f": {self.mine:.1%} right, the other {self.others:.1%}; difference {low:+.1%} to {high:+.1%}"
        return f"{_SENTENCES[self.code]}{numbers}"


_SENTENCES = {
    "first": "the first model, better than always saying the commonest topic",
    "baseline": "not better than always saying the commonest topic",
    "better": "better than the model before by more than chance",
    "worse": "worse than the model that decides",
    "no_difference": "not better than the model that decides by more than chance",
    "few": f"fewer than {FEWEST} labelled rows to test it on",
    "unusable": "the model that decided cannot be used any more",
}


def against_champion(
    lessons: Lessons, answers: Mapping[str, Answer], champion: Loaded, remembered: Mapping[str, Answer]
) -> Compared:
    """Over corrections and confirmations where there are enough of them, else over all rows.

    Where the champion learnt from a row itself, its answer is the one it gave when the row was held out
    (`remembered`); newer rows it is asked about now. So neither side is ever asked about what it has learnt.
    """
    rows = _ground([row for row in lessons.rows if row.key in answers])
    if len(rows) < FEWEST:
        return Compared("few")
    unknown = [row for row in rows if row.key not in remembered]
    theirs = dict(remembered) | dict(
        zip((row.key for row in unknown), asked(champion.classifier, unknown), strict=True)
    )
    mine = [answers[row.key].is_right(row.label) for row in rows]
    others = [_is_right(theirs[row.key], row, lessons, champion) for row in rows]
    return _judged(mine, others, rows)


def _is_right(answer: Answer, row: Row, lessons: Lessons, champion: Loaded) -> bool:
    """The champion may call topics by other labels; those that the desk has no topic for count as not deciding."""
    topic = champion.topics.get(answer.label or "")
    if row.label is None:
        return topic is None or not answer.sure
    return topic is not None and topic == lessons.topics[row.label]


def against_nothing(lessons: Lessons, answers: Mapping[str, Answer], code: str) -> Compared:
    """The first model has to be better than always saying the commonest topic; so has one (`code` unusable) that takes
    the place of one that cannot be read."""
    rows = _ground([row for row in lessons.rows if row.label is not None and row.key in answers])
    if len(rows) < FEWEST:
        return Compared("few")
    counts: dict[str | None, int] = {}
    for row in rows:
        counts[row.label] = counts.get(row.label, 0) + 1
    commonest = max(counts, key=lambda label: counts[label])
    mine = [answers[row.key].is_right(row.label) for row in rows]
    found = _judged(mine, [row.label == commonest for row in rows], rows)
    won = found.code == "better"
    return Compared(code if won else "baseline", found.mine, found.others, found.difference, found.lived)


def _ground(rows: Sequence[Row]) -> list[Row]:
    lived = [row for row in rows if row.is_lived]
    return lived if len(lived) >= FEWEST else list(rows)


def _judged(mine: Sequence[bool], others: Sequence[bool], rows: Sequence[Row]) -> Compared:
    difference = paired_difference(mine, others)
    code = "better" if difference.low > 0 else "worse" if difference.high < 0 else "no_difference"
    lived = all(row.is_lived for row in rows)
    return Compared(code, sum(mine) / len(mine), sum(others) / len(others), difference, lived)
