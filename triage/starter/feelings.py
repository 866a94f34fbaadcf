"""Lessons for the mood model: messages that we wrote, and public sets whose licences let us ship what they teach."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from triage.mood.lexicon import LANGUAGES
from triage.mood.teaching import Lesson
from triage.starter import sources
from triage.starter.tables import column, rows

_OWN: dict[str, tuple[int, bool, bool | None]] = {  # kind of moods.toml -> side, angry, strong
    "furious": (-1, True, True),
    "awful": (-1, False, True),
    "annoyed": (-1, True, False),
    "bad": (-1, False, False),
    "neutral": (0, False, None),
    "good": (1, False, False),
    "great": (1, False, True),
}
_OWN_WEIGHT = 8.0
_GLAD = frozenset(
    {
        "admiration",
        "approval",
        "gratitude",
        "amusement",
        "love",
        "optimism",
        "joy",
        "caring",
        "excitement",
        "relief",
        "pride",
    }
)
_SORE = frozenset(
    {
        "annoyance",
        "disapproval",
        "anger",
        "sadness",
        "disappointment",
        "disgust",
        "fear",
        "remorse",
        "embarrassment",
        "nervousness",
        "grief",
    }
)
_CROSS = frozenset({"anger", "annoyance", "disgust"})
_STRONG = frozenset({"anger", "disgust", "grief", "love", "excitement"})
_MILD = frozenset(
    {"annoyance", "disapproval", "disappointment", "approval", "optimism", "caring", "relief", "gratitude"}
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def own(file: Path) -> Iterator[Lesson]:
    """Our own messages. Signs mean the same in every language, and serve those that have no lessons."""
    for code, kinds in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for kind, texts in kinds.items():
            side, angry, strong = _OWN[kind]
            for text in texts:
                for taught in ("", *LANGUAGES) if code == "signs" else (code,):
                    yield Lesson(text, taught, side, angry, strong, _OWN_WEIGHT)


def public(data: Path) -> Iterator[Lesson]:
    """Lessons of the sets under `data`: SmSA and EmoT for Indonesian, the others for English."""
    yield from _goemotions(data / "goemotions" / "train.parquet", test=False)
    yield from _goemotions(data / "goemotions" / "dev.parquet", test=True)
    yield from _cfpb(data / "cfpb" / "train.csv")
    yield from _plain(data / "clinc150" / "train.csv")
    yield from _intents(data)
    yield from _smsa(data / "indonesian" / "smsa_train.csv")
    yield from _emot(data / "indonesian" / "emot_train.csv")


def _goemotions(file: Path, *, test: bool) -> Iterator[Lesson]:
    for row in rows(file):
        labels = set(column(row, "labels", file.name).split("|"))
        glad, sore = bool(labels & _GLAD), bool(labels & _SORE)
        if glad and sore:
            continue
        strong = True if labels & _STRONG else False if labels & _MILD else None
        side = 1 if glad else -1 if sore else 0
        yield Lesson(
            column(row, "text", file.name),
            "en",
            side,
            bool(labels & _CROSS),
            strong if side else None,
            weight=0.6,
            test=test,
        )


def _cfpb(file: Path) -> Iterator[Lesson]:
    """The middle of each complaint: openings tell of dates and accounts, the middle of what went wrong."""
    for row in rows(file):
        sentences = _SENTENCE.split(column(row, "narrative", file.name))
        middle = " ".join(sentences[len(sentences) // 2 :])[:220].replace("XXXX", "")
        yield Lesson(middle, "en", -1, weight=1.8)


def _plain(file: Path) -> Iterator[Lesson]:
    """Plain requests: every sixth row, so that asking for something is not taken for a feeling."""
    for at, row in enumerate(rows(file)):
        if at % 6 == 0:
            yield Lesson(column(row, "text", file.name), "en", 0, weight=0.7)


def _intents(data: Path) -> Iterator[Lesson]:
    """Service requests: whoever reports that something went wrong is not neutral, however politely."""
    for example in sources.public(data, most=180):
        if example.side is not None:
            yield Lesson(example.text, "en", example.side, weight=0.7)


def _smsa(file: Path) -> Iterator[Lesson]:
    for at, row in enumerate(rows(file)):
        side = {"negative": -1, "neutral": 0, "positive": 1}[column(row, "label", file.name)]
        yield Lesson(column(row, "text", file.name), "id", side, test=at % 8 == 0)


def _emot(file: Path) -> Iterator[Lesson]:
    for at, row in enumerate(rows(file)):
        label, text = column(row, "label", file.name), column(row, "text", file.name).replace("[USERNAME]", "")
        side = 1 if label in ("happy", "love") else -1
        yield (
            Lesson(text, "id", side, label == "anger", weight=0.4, test=False)
            if at % 8
            else Lesson(text, "id", None, label == "anger", test=True)
        )
