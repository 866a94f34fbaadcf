"""What is wrong with a file is said, and the way from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conversations.errors import Refusal
from conversations.models import Topic
from people.models import Agent, Role
from tests.conversations import desk
from tests.triage.learning_desk import NOON
from tests.triage.test_importing import ROWS, as_csv, as_jsonl, as_parquet, clock, taken
from triage import actions
from triage.actions.importing import receiving, tables
from triage.errors import ManagersOnly
from triage.models import Example, Import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("imports")]


# What is refused


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("rows.csv", b"", "file_empty"),
        ("rows.xlsx", b"PK", "unknown_form"),
        ("rows.csv", b"a,a\n1,2", "columns_duplicate"),
        ("rows.csv", b"a,,c\n1,2,3", "columns_missing"),
        ("rows.csv", b"a,b\n", "no_rows"),
        ("rows.jsonl", b'{"a": 1}\nnot json', "unreadable"),
        ("rows.jsonl", b"[1, 2]", "unreadable"),
        ("rows.parquet", b"PAR1 and no more", "unreadable"),
        ("rows.parquet", as_parquet(ROWS)[:-20], "unreadable"),
        ("rows.csv", b",".join(b"c%d" % at for at in range(501)) + b"\n1", "columns_missing"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(imports: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        actions.receive([content], name, by=None, now=NOON)
    assert caught.value.code == code
    assert not Import.objects.exists()
    assert not imports.exists() or list(imports.iterdir()) == []


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=None, now=NOON)
    with pytest.raises(tables.BadTable, match="no column “texte” in the file; it has message, topic, priority"):
        actions.choose(batch, text=["texte"], topic="topic", by=None, now=NOON)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, imports: Path) -> None:
    monkeypatch.setattr(tables, "LARGEST", 100)
    with pytest.raises(receiving.FileTooLong) as caught:
        actions.receive([b"a,b\n", b"x" * 97], "rows.csv", by=None, now=NOON)
    assert caught.value.status == 413
    assert list(imports.iterdir()) == []


def test_too_many_rows_are_refused_before_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 5)
    batch = taken(as_csv(ROWS), "rows.csv")
    assert (batch.state, batch.kept) == ("failed", 0)
    assert "more than 5 rows" in batch.problem


def test_a_failed_one_can_be_read_on(anna: Agent) -> None:
    rows = as_jsonl(ROWS[:2]) + b"\nbroken"
    batch = actions.receive([as_jsonl(ROWS[:2])], "rows.jsonl", by=anna, now=NOON)
    path = actions.place_of(batch)
    whole = path.read_bytes()
    actions.choose(batch, text=["message"], topic="topic", by=anna, now=NOON)
    path.write_bytes(rows)
    actions.run_import(batch, clock)
    assert batch.state == "failed"
    assert "Line 3 is not a JSON object" in batch.problem
    path.write_bytes(whole)
    actions.start_over(batch, by=anna, now=NOON)
    actions.run_import(batch, clock)
    assert (batch.state, batch.kept) == ("done", 2)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_odd_content_is_kept_as_text_or_left_out(name: str) -> None:
    odd = ["nul \0 inside", "😀" * 50, "x" * 10_000, "line\nbreak", '"quotes"', "﻿", "\u202eright to left"]
    rows = [{"message": text, "topic": "T"} for text in odd]
    batch = taken((as_csv if name.endswith("csv") else as_jsonl)(rows), name, priority="")
    assert batch.state == "done"
    texts = set(Example.objects.values_list("text", flat=True))
    assert "nul  inside" in texts
    assert "line\nbreak" in texts
    assert max(map(len, texts)) == 4_000


def test_agents_may_not(anna: Agent) -> None:
    cara = desk.agent("Cara", role=Role.AGENT)
    with pytest.raises(ManagersOnly):
        actions.receive([as_csv(ROWS)], "rows.csv", by=cara, now=NOON)
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=anna, now=NOON)
    with pytest.raises(ManagersOnly):
        actions.choose(batch, text=["message"], topic="topic", by=cara, now=NOON)


# From the command line


def test_the_command_reads_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(as_csv(ROWS))
    call_command("triage_import", str(path), "--text", "message", "--topic", "topic", "--priority", "priority")
    assert "6 rows read, 3 examples kept; left out: 1 duplicate, 1 empty, 1 skipped" in capsys.readouterr().out
    call_command("triage_import", str(path))
    assert Example.objects.count() == 3


def test_the_command_maps_topics(tmp_path: Path) -> None:
    Topic.objects.create(name="Shipping")
    path = tmp_path / "history.csv"
    path.write_bytes(as_csv(ROWS))
    call_command("triage_import", str(path), "--map", "Delivery=shipping", "--map", "Login=-", "--unknown", "skip")
    found = {each.topic.name if each.topic else None for each in Example.objects.all()}
    assert found == {"Shipping", None}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--text", "nope"], "There is no column “nope”"),
        (["--map", "x=nowhere"], "there is no topic 'nowhere'"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, arguments: list[str], said: str) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(as_csv(ROWS))
    with pytest.raises(CommandError, match=said):
        call_command("triage_import", str(path), "--topic", "topic", *arguments)


def test_the_command_says_when_there_is_no_file() -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("triage_import", "nowhere.csv")
