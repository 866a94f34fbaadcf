"""Measure what triage says of language, mood, urgency, priority and the starter, on public sets and our own messages.

    HELPDESK_DATA=DIR .venv/bin/python -m bench.mood              everything, about two minutes
    HELPDESK_DATA=DIR .venv/bin/python -m bench.mood --quick      a sample of each set, without learning curve
    HELPDESK_DATA=DIR .venv/bin/python -m bench.mood --only speed language sentiment priority starter

Brackets hold 95 % bootstrap confidence intervals. Airline and complaint tweets were never trained on.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench import moodscores, moodstarter
from bench.moodsets import languages, messages, public_sides, yes_or_no
from bench.table import table
from triage.mood.languages import COMMON, LEAST, detect
from triage.mood.lexicon import kin, look
from triage.mood.readings import read, read_many
from triage.mood.sentiment import Mood, feel

DESKS = {"15 languages": COMMON, "en, id, sv": COMMON[:3]}


def language(data: Path, step: int) -> None:
    """Words, pairs and short commands; xSID's Norwegian is left out of small desks, as are all they do not serve."""
    rows = []
    for desk, served in DESKS.items():
        for kind, examples in languages(data, served, step).items():
            found = [detect(text, served) for text, _ in examples]
            sure = np.array([probability for _, probability in found])
            right = np.array([code == wanted for (code, _), (_, wanted) in zip(found, examples, strict=True)])
            told = sure >= LEAST
            error = moodscores.ece(sure[told], right[told])
            shares = (told.mean(), right[told].mean(), error)
            rows.append([f"{desk}: {kind}", f"{len(examples):,}", *(f"{100 * share:.1f}" for share in shares)])
    print(table(["language", "texts", "told %", "right of told %", "ECE %"], rows))


def sentiment(data: Path, step: int) -> None:
    rows = []
    for name, code, examples in public_sides(data, step):
        moods = [feel(text, code, reasons=0) for text, _ in examples]
        chances = np.array([_sides(mood) for mood in moods])
        truth = np.array([side for _, side in examples])
        rows.append([name, f"{len(truth):,}", *moodscores.sided(chances, truth)])
    print(table(["sentiment, three sides", "texts", "accuracy", "macro-F1", "QWK", "ECE %"], rows))
    print()
    rows = []
    for name, code, kind, pairs in yes_or_no(data, step):
        moods = [feel(text, code, reasons=0) for text, _ in pairs]
        chance = np.array([mood.anger if kind == "anger" else sum(mood.levels[:2]) for mood in moods])
        truth = np.array([yes for _, yes in pairs])
        rows.append([name, f"{len(truth):,}", *moodscores.binary(chance, truth)])
    print(table(["anger, complaint", "texts", "AUROC", "macro-F1 at .5", "ECE %"], rows))


def _sides(mood: Mood) -> tuple[float, float, float]:
    worst, bad, plain, good, best = mood.levels
    return worst + bad, plain, good + best


def speed(data: Path, step: int) -> None:
    """Microseconds of processor time a message, one after the other and with `read_many`; after a round to warm up."""
    texts = messages(data)[:: max(1, step // 2)]
    steps: dict[str, Callable[[], object]] = {
        "language": lambda: [detect(text) for text in texts],
        "words and signs": lambda: [look(text, kin("en")) for text in texts],
        "mood with reasons": lambda: [feel(text, "en") for text in texts],
        "all, single": lambda: [read(text) for text in texts],
        "all, batch": lambda: read_many(texts, reasons=0),
    }
    rows = []
    for name, run in steps.items():
        run()
        began = time.process_time()
        run()
        rows.append([name, f"{(time.process_time() - began) / len(texts) * 1e6:.0f}"])
    print(
        table(
            [f"speed, {len(texts):,} messages of {np.mean([len(text) for text in texts]):.0f} characters", "us"], rows
        )
    )


def priority(_data: Path, _step: int) -> None:
    moodstarter.priority()


def starter(data: Path, step: int) -> None:
    moodstarter.topics(data, curve=step == 1)


PARTS = {"speed": speed, "language": language, "sentiment": sentiment, "priority": priority, "starter": starter}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    chosen = parser.parse_args(arguments)
    place = os.environ.get("HELPDESK_DATA")
    if not place:
        parser.error("HELPDESK_DATA names no directory of public sets")
    for name in chosen.only:
        PARTS[name](Path(place), 8 if chosen.quick else 1)
        print()


if __name__ == "__main__":
    main()
