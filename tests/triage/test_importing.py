"""Past messages from files: every row read once, every message kept once, and nothing evaluated."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from conversations.models import Topic
from people.models import Agent
from tests.triage.learning_desk import NOON
from triage import actions
from triage.actions.importing import tables, working
from triage.models import Example, Import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("imports")]

ROWS = [
    {"message": "Where is my parcel?", "topic": "Delivery", "priority": "high"},
    {"message": '=cmd|"/c calc"!A0', "topic": "Login", "priority": ""},
    {"message": "Skicka tillbaka pengarna, tack. Åäö", "topic": "Refund", "priority": "urgent"},
    {"message": "", "topic": "Refund", "priority": ""},
    {"message": "where is it", "topic": "", "priority": ""},
    {"message": "Where is my parcel?", "topic": "Delivery", "priority": "low"},
]


def clock() -> datetime:
    return NOON


def as_csv(rows: Iterable[dict[str, str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(next(iter(rows))), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_jsonl(rows: Iterable[dict[str, str]]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    return sink.getvalue()


def taken(content: bytes, name: str, by: Agent | None = None, **chosen: str) -> Import:
    """An import from its file to its end."""
    batch = actions.receive([content], name, by=by, now=NOON)
    columns = {"text": ["message"], "topic": "topic", "priority": "priority", **chosen}
    actions.choose(batch, by=by, now=NOON, **columns)  # type: ignore[arg-type]
    actions.run_import(batch, clock)
    return batch


FORMS = {
    "csv": ("rows.csv", as_csv(ROWS)),
    "semicolons": ("rows.csv", as_csv(ROWS, delimiter=";")),
    "tabs": ("rows.tsv", as_csv(ROWS, delimiter="\t")),
    "with a mark": ("rows.csv", as_csv(ROWS, encoding="utf-8-sig")),
    "utf-16": ("rows.csv", as_csv(ROWS, encoding="utf-16")),
    "windows": ("rows.csv", as_csv(ROWS, encoding="cp1252")),
    "jsonl": ("rows.jsonl", as_jsonl(ROWS)),
    "parquet": ("rows.parquet", as_parquet(ROWS)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_examples(anna: Agent, form: str) -> None:
    name, content = FORMS[form]
    batch = taken(content, name, anna)
    assert (batch.state, batch.problem) == ("done", "")
    assert (batch.rows_read, batch.rows_total, batch.kept) == (6, 6, 3)
    assert batch.left_out == {"duplicate": 1, "empty": 1, "skipped": 1}
    found = {(each.text, str(each.topic), each.priority) for each in Example.objects.all()}
    assert found == {
        ("Where is my parcel?", "Delivery", 3),
        ('=cmd|"/c calc"!A0', "Login", None),
        ("Skicka tillbaka pengarna, tack. Åäö", "Refund", 4),
    }
    assert {each.author for each in Example.objects.all()} == {anna}


def test_formulas_stay_text() -> None:
    rows = [{"message": text, "topic": "T"} for text in ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=x")]
    taken(as_csv(rows), "rows.csv", priority="")
    assert set(Example.objects.values_list("text", flat=True)) == {"=1+1", "+cmd", "-2+3", "@SUM(A1)", "=x"}


def test_the_file_is_gone_when_it_was_read(imports: Path) -> None:
    taken(as_csv(ROWS), "rows.csv")
    assert list(imports.iterdir()) == []
    assert imports.stat().st_mode & 0o777 == 0o700


def test_the_same_file_again_changes_nothing(anna: Agent) -> None:
    first = taken(as_csv(ROWS), "rows.csv", anna)
    again = actions.receive([as_csv(ROWS)], "other-name.csv", by=anna, now=NOON)
    assert again == first
    assert again.state == "done"
    assert Example.objects.count() == 3


def test_another_file_with_the_same_messages_counts_duplicates() -> None:
    taken(as_csv(ROWS), "rows.csv")
    batch = taken(as_jsonl(ROWS), "rows.jsonl")
    assert (batch.kept, batch.left_out["duplicate"]) == (0, 4)


def test_one_that_was_killed_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    rows = [{"message": f"message {at}", "topic": "T"} for at in range(7)]
    batch = actions.receive([as_csv(rows)], "rows.csv", by=None, now=NOON)
    actions.choose(batch, text=["message"], topic="topic", by=None, now=NOON)
    real, calls = working._keep, 0

    def dying(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        real(*arguments)  # type: ignore[arg-type]
        if calls == 3:
            raise KeyboardInterrupt  # after the rows were written, before they were committed

    monkeypatch.setattr(working, "_keep", dying)
    with pytest.raises(KeyboardInterrupt):
        actions.run_import(batch, clock)
    batch.refresh_from_db()
    assert (batch.rows_read, batch.kept, Example.objects.count()) == (4, 4, 4)
    monkeypatch.setattr(working, "_keep", real)
    actions.run_import(Import.objects.get(pk=batch.pk), clock)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_read, batch.kept, Example.objects.count()) == ("done", 7, 7, 7)


def test_two_readers_do_not_read_the_same_rows() -> None:
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=None, now=NOON)
    actions.choose(batch, text=["message"], topic="topic", by=None, now=NOON)
    late = Import.objects.get(pk=batch.pk)
    late.rows_read = 0
    actions.run_import(batch, clock)
    Import.objects.update(state="running")
    assert not working._take(late, [ROWS[0]], working._Topics(batch.columns), NOON)
    assert Example.objects.count() == 3


def test_a_dead_reader_is_rung_for_again() -> None:
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=None, now=NOON)
    actions.choose(batch, text=["message"], topic="topic", by=None, now=NOON)
    assert actions.revive_imports(NOON + timedelta(seconds=59)) == 0
    assert actions.revive_imports(NOON + timedelta(seconds=61)) == 1


# Topics


def test_topics_are_mapped_made_left_out_or_none_of_these() -> None:
    known = Topic.objects.create(name="Shipping")
    rows = [
        {"message": f"m{at}", "topic": name} for at, name in enumerate(["Delivery", "SHIPPING", "Spam", "Chat", "Neu"])
    ]
    batch = actions.receive([as_csv(rows)], "rows.csv", by=None, now=NOON)
    mapping = {"Delivery": str(known.pk), "Spam": "skip", "Chat": "none"}
    actions.choose(batch, text=["message"], topic="topic", mapping=mapping, by=None, now=NOON)
    actions.run_import(batch, clock)
    found = {each.text: each.topic.name if each.topic else None for each in Example.objects.all()}
    assert found == {"m0": "Shipping", "m1": "Shipping", "m3": None, "m4": "Neu"}
    assert Topic.objects.get(name="Neu").profile.is_active


def test_unknown_topics_may_be_left_out() -> None:
    Topic.objects.create(name="Refund")
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=None, now=NOON)
    mapping = {"Refund": "new"}
    actions.choose(batch, text=["message"], topic="topic", mapping=mapping, others="skip", by=None, now=NOON)
    actions.run_import(batch, clock)
    assert [each.topic.name for each in Example.objects.all() if each.topic] == ["Refund"]


def test_a_topic_that_is_gone_cannot_be_chosen() -> None:
    batch = actions.receive([as_csv(ROWS)], "rows.csv", by=None, now=NOON)
    with pytest.raises(tables.BadTable, match="is gone"):
        actions.choose(batch, text=["message"], topic="topic", mapping={"Refund": "999999"}, by=None, now=NOON)


def test_values_are_counted_and_too_many_are_no_topics(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(as_csv(ROWS))
    assert tables.values_of(path, "topic")[0] == ("Delivery", 2)
    path.write_bytes(as_csv([{"topic": f"t{at}", "x": "y"} for at in range(501)]))
    with pytest.raises(tables.BadTable, match="501 different values; topics are 500 at most"):
        tables.values_of(path, "topic")
