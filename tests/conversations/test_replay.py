"""Replay against a real desk: the main job on real input, in small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.engines

LINES = (
    ("kettle", "customer", "Hi, is the Heron good for tea?"),
    ("kettle", "agent", "Better than for coffee, if you ask the tea people."),
    ("kettle", "customer", "Sold! شكراً 🙏"),
    ("parcel", "customer", "Where is my parcel?\nI have waited for a week."),
    ("parcel", "customer", "Hello?"),
    ("parcel", "agent", "It is in Leeds; I am on the phone with them."),
)


def _file(folder: Path) -> Path:
    path = folder / "dialogues.jsonl"
    rows = [{"dialogue": name, "author": author, "text": text} for name, author, text in LINES]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_every_turn_arrives_once_and_in_order(live_desk: Desk, tmp_path: Path) -> None:
    said = live_desk.manage("replay", str(_file(tmp_path)), "--speed", "1000", "--json")
    found = json.loads(next(line for line in said.splitlines() if line.startswith("{")))  # beside the bar
    assert (found["dialogues"], found["turns"], found["differences"]) == (2, 6, [])
