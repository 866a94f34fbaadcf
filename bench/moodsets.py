"""The public sets that moods and languages are measured on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from triage.starter.tables import rows

SIDES = {"negative": -1, "neutral": 0, "positive": 1}
ANGRY = {"anger", "annoyance", "disgust"}
GLAD = set("admiration approval gratitude amusement love optimism joy caring excitement relief pride".split())  # noqa: SIM905
SORE = ANGRY | set("disapproval sadness disappointment fear remorse embarrassment nervousness grief".split())  # noqa: SIM905


def languages(data: Path, served: Sequence[str], step: int) -> dict[str, list[tuple[str, str]]]:
    """(text, code) by kind, at most 300 of each language and kind; every second, as the others served to fit."""
    found: dict[str, list[tuple[str, str]]] = {"single words": [], "word pairs": [], "short commands": []}
    counts: dict[tuple[str, str], int] = {}
    named = {"single-words": "single words", "word-pairs": "word pairs"}
    words = ((named.get(row["kind"], ""), row) for row in rows(data / "lid_lingua" / "test_words.parquet"))
    commands = (("short commands", row) for row in rows(data / "xsid" / "valid.csv"))
    for kind, row in (*words, *commands):
        code = {"nb": "no"}.get(row["lang"], row["lang"])
        at = counts[kind, code] = counts.get((kind, code), 0) + 1
        if kind and code in served and at <= 300 and at % (2 * step) == 0:
            found[kind].append((row["text"], code))
    return found


def public_sides(data: Path, step: int) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
    """(name, language, (text, side)) of each set with negative, neutral and positive."""
    airline = rows(data / "airline_tweets" / "train.csv")
    yield (
        "airline tweets (en, other domain)",
        "en",
        [(r["text"], SIDES[r["airline_sentiment"]]) for r in airline][::step],
    )
    emotions = [
        (row["text"], side) for row in rows(data / "goemotions" / "dev.parquet") if (side := _side(row)) is not None
    ]
    yield "GoEmotions dev (en)", "en", emotions[::step]
    smsa = rows(data / "indonesian" / "smsa_valid.csv")
    yield "SmSA valid (id)", "id", [(row["text"], SIDES[row["label"]]) for row in smsa][::step]


def _side(row: dict[str, str]) -> int | None:
    labels = set(row["labels"].split("|"))
    glad, sore = bool(labels & GLAD), bool(labels & SORE)
    return None if glad and sore else int(glad) - int(sore)


def yes_or_no(data: Path, step: int) -> Iterator[tuple[str, str, str, list[tuple[str, bool]]]]:
    """(name, language, what is asked, (text, yes)) of anger and complaints."""
    emotions = rows(data / "goemotions" / "dev.parquet")
    yield (
        "anger: GoEmotions dev (en)",
        "en",
        "anger",
        [(r["text"], bool(set(r["labels"].split("|")) & ANGRY)) for r in emotions][::step],
    )
    emot = rows(data / "indonesian" / "emot_valid.csv")
    plain = [(row["text"].replace("[USERNAME]", ""), row["label"] == "anger") for row in emot]
    yield "anger: EmoT valid (id)", "id", "anger", plain[::step]
    tweets = rows(data / "complaint_tweets" / "train.csv")
    yield (
        "complaint: tweets (en, other domain)",
        "en",
        "complaint",
        [(r["text"], r["complaint"] == "1") for r in tweets][::step],
    )


def messages(data: Path) -> list[str]:
    """2,000 customer messages to time."""
    return [row["text"] for row in rows(data / "airline_tweets" / "train.csv")][:2000]
