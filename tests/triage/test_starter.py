from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from skops import io as skops_io

from triage.learning import load
from triage.mood.priority import LEVELS
from triage.mood.weights import load as load_moods
from triage.starter import sources
from triage.starter.building import ARTEFACTS, PUBLIC, priority_rows, taxonomy_digest, topic_rows
from triage.starter.sources import Example
from triage.starter.steady import steady
from triage.starter.tables import SourceMissing, column, rows
from triage.starter.taxonomy import LANGUAGES, topics

DATA = Path(__file__).parent / "data"
NAMES = ("mood", "topics", "priority")


def fresh() -> list[dict[str, str]]:
    with (DATA / "starter_messages.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_topic_is_complete_in_every_language() -> None:
    assert 25 <= len(topics()) <= 30
    for topic in topics():
        assert set(topic.names) == set(topic.descriptions) == set(topic.examples) == set(LANGUAGES)
        assert len(topic.examples["en"]) >= 12, topic.key
        assert min(len(topic.examples[code]) for code in ("id", "sv")) >= 6, topic.key
        assert topic.priority in LEVELS
        assert topic.tier in (1, 2, 3)
        assert topic.team


def test_no_example_stands_under_two_topics() -> None:
    counts = Counter(text.lower() for text, _, _, _ in sources.own())
    assert [text for text, count in counts.items() if count > 1] == []


def test_test_messages_are_not_examples() -> None:
    known = {text.lower() for text, _, _, _ in sources.own()}
    assert not known & {row["text"].lower() for row in fresh()}


@pytest.mark.parametrize("name", NAMES)
def test_shipped_models_match_their_cards(name: str) -> None:
    path = ARTEFACTS / f"{name}.skops"
    card = json.loads((ARTEFACTS / f"{name}.skops.json").read_text(encoding="utf-8"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == card["sha256"]
    assert card["licences"]
    assert skops_io.get_untrusted_types(data=path.read_bytes()) == []


def test_shipped_models_were_made_from_this_taxonomy() -> None:
    cards = [json.loads((ARTEFACTS / f"{name}.skops.json").read_text(encoding="utf-8")) for name in NAMES]
    assert {card["taxonomy"] for card in cards} == {taxonomy_digest()}


def test_shipped_models_are_small() -> None:
    assert sum((ARTEFACTS / f"{name}.skops").stat().st_size for name in NAMES) < 8_000_000


def test_shipped_models_give_sensible_verdicts_on_new_messages() -> None:
    model = load(ARTEFACTS / "topics.skops")
    assert set(model.labels) == {topic.key for topic in topics()}
    known = [row for row in fresh() if row["topic"] != "none"]
    readings = model.read_many([row["text"] for row in known])
    right = sum(reading.label == row["topic"] for reading, row in zip(readings, known, strict=True))
    assert len(known) >= 40
    assert right >= 0.75 * len(known)
    load_moods(ARTEFACTS / "mood.skops")


def test_shipped_topics_leave_what_is_none_of_them() -> None:
    model = load(ARTEFACTS / "topics.skops")
    strange = model.read_many([row["text"] for row in fresh() if row["topic"] == "none"])
    assert sum(reading.probability < model.threshold for reading in strange) >= len(strange) - 1


def test_rows_are_ours_first_and_public_ones_are_limited() -> None:
    public = [Example(f"public {at}", "refund", "normal", 0, "here") for at in range(3 * PUBLIC)]
    public.append(Example("what is the weather", "none", None, 0, "here"))
    made = topic_rows(public)
    assert sum(text.startswith("public") for text, _ in made) == PUBLIC
    assert ("what is the weather", None) in made
    graded = priority_rows(public)
    assert {label for _, label in graded} == set(LEVELS)


def test_mapping_names_only_our_topics_and_levels() -> None:
    known = {topic.key for topic in topics()} | {"none", "-"}
    for about in sources._mapping().values():
        intents = about["intents"]
        assert isinstance(intents, dict)
        for worth in intents.values():
            topic, priority, side = worth.split()
            assert topic in known
            assert priority in (*LEVELS, "-")
            assert side in ("-1", "0", "1", "-")


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match=r"goemotions/train\.parquet"):
        list(rows(tmp_path / "goemotions" / "train.parquet"))
    with pytest.raises(SourceMissing, match=r"column 'text' is not in train\.csv; it has label"):
        column({"label": "x"}, "text", "train.csv")
    with pytest.raises(CommandError, match="is not in the directory of public sets") as refused:
        call_command("triage_starter", data=tmp_path, out=tmp_path / "out")
    assert refused.value.returncode == 2
    assert not (tmp_path / "out").exists()


def test_the_same_model_is_the_same_bytes() -> None:
    first, again = (skops_io.dumps({"a": [1.5, "b"], "c": {"d": tuple(range(9))}}) for _ in range(2))
    assert steady(first) == steady(again)
    later = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(first)) as stored, zipfile.ZipFile(later, "w") as dated:
        for name in reversed(stored.namelist()):
            dated.writestr(zipfile.ZipInfo(name, (2031, 5, 4, 3, 2, 2)), stored.read(name))
    assert steady(later.getvalue()) == steady(first)
    assert skops_io.loads(steady(first), trusted=[]) == skops_io.loads(first, trusted=[])
    assert zipfile.ZipFile(io.BytesIO(steady(first))).testzip() is None
