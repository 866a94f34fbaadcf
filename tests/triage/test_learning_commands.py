"""The commands, as somebody at a shell meets them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow
import pytest
from django.core.management import CommandError, call_command
from pyarrow import parquet

from tests.triage.learning_data import OUTSIDE, desk
from triage.learning import Cancelled, load
from triage.learning.tables import BadTable, read_table
from triage.management.commands import triage_train

KEYS = {
    "accuracy",
    "macro_f1",
    "ece",
    "top3",
    "coverage_at_95",
    "train_seconds",
    "us_single",
    "us_batch",
    "artifact_bytes",
}


def _write(path: Path, rows: Sequence[tuple[str, ...]], names: tuple[str, ...] = ("text", "label")) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    return path


def _desk(path: Path, each: int, seed: int, *more: tuple[str, str]) -> Path:
    return _write(path, [*zip(*desk(each, seed=seed), strict=True), *more])


def _evaluate(*arguments: object) -> dict[str, float]:
    out = io.StringIO()
    call_command("triage_evaluate", *map(str, arguments), "--json", stdout=out)
    found: dict[str, float] = json.loads(out.getvalue())
    return found


@pytest.fixture
def train(tmp_path: Path) -> Path:
    return _desk(tmp_path / "train.csv", 10, 1, *[(text, "none") for text in OUTSIDE[:4]])


@pytest.fixture
def test(tmp_path: Path) -> Path:
    return _desk(tmp_path / "test.csv", 5, 2, *[(text, "none") for text in OUTSIDE[4:]], ("unheard of", "new topic"))


def test_evaluate_prints_what_was_promised(train: Path, test: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = _evaluate("--train", train, "--test", test, "--text", "text", "--label", "label", "--oos", "none")
    assert found.keys() >= KEYS | {"oos_auroc", "oos_recall"}
    assert 0.8 < found["accuracy"] < 1
    assert (found["labels"], found["train_rows"], found["oos_rows"]) == (4, 40, 6)
    assert found["test_rows_of_unseen_labels"] == 1
    assert "cross-validating" in capfd.readouterr().err


def test_evaluate_learns_from_few_and_from_several_files(train: Path, test: Path, tmp_path: Path) -> None:
    more = _desk(tmp_path / "more.csv", 3, 4)
    shared = ("--test", test, "--text", "text", "--label", "label")
    assert _evaluate("--train", train, more, *shared, "--shots", 2)["train_rows"] == 4 * 2 + 2
    assert _evaluate("--train", train, "--train", more, *shared)["train_rows"] == 40 + 4 + 12


def test_evaluate_counts_kappa_for_ordered_labels(tmp_path: Path) -> None:
    words = ("small wish", "plain question", "outage now")
    rows = [(f"{words[level]} {at}", str(level)) for level in range(3) for at in range(12)]
    path = _write(tmp_path / "p.csv", rows, ("title", "level"))
    shared = ("--train", path, "--test", path, "--text", "title", "--label", "level", "--task", "priority")
    assert _evaluate(*shared)["qwk"] > 0.9
    assert _evaluate(*shared, "--order", "0,1,2,3")["qwk"] > 0.9
    with pytest.raises(CommandError, match="column 'level' has the value '2', which is not in --order 0,1") as caught:
        _evaluate(*shared, "--order", "0,1")
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--text", "titel"), "column 'titel' is not in train.csv; it has text, label"),
        (("--label", "topic"), "column 'topic' is not in train.csv; it has text, label"),
        (("--train", "/nowhere/x.csv"), "x.csv cannot be read: No such file"),
        (("--shots", "0"), "--shots must be 1 or more"),
        (("--task", "priority"), "--task priority needs --order"),
    ],
)
def test_evaluate_says_what_is_wrong(train: Path, test: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        _evaluate("--train", train, "--test", test, "--text", "text", "--label", "label", *change)
    assert caught.value.returncode == 2


def test_train_reports_keeps_and_then_wants_better(train: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "models" / "topics.skops", io.StringIO()
    arguments = ("--data", str(train), "--none", "none", "--out", str(out))
    call_command("triage_train", *arguments, stdout=told)
    assert "Kept: there was no model" in told.getvalue()
    assert "Topics with fewer than 20 examples" in told.getvalue()
    card = json.loads(out.with_name("topics.skops.json").read_text())
    assert card["data"]["rows"] == 44
    assert load(out, sha256=card["sha256"]).read("i want my money back").label == "refund"
    before = out.read_bytes()
    call_command("triage_train", *arguments, stdout=told)
    assert "Not kept" in told.getvalue()
    assert out.read_bytes() == before
    call_command("triage_train", *arguments, "--force", stdout=told)
    assert "--force says so" in told.getvalue()


def test_train_replaces_a_model_that_cannot_be_used(train: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "topics.skops", io.StringIO()
    out.write_bytes(b"rubbish")
    call_command("triage_train", "--data", str(train), "--out", str(out), stdout=told)
    assert "Kept: the model file topics.skops is cut off" in told.getvalue()


def test_train_learns_priorities_beside_topics(tmp_path: Path) -> None:
    texts, labels = desk(6)
    rows = [(text, label, "high" if label == "login" else "low") for text, label in zip(texts, labels, strict=True)]
    path = _write(tmp_path / "d.csv", rows, ("body", "topic", "prio"))
    arguments = ("--data", str(path), "--text", "body", "--label", "topic", "--priority", "prio", "--order", "low,high")
    call_command("triage_train", *arguments, "--out", str(tmp_path / "t.skops"), stdout=io.StringIO())
    assert load(tmp_path / "t.priority.skops").labels == ("low", "high")


def test_train_stopped_half_way_leaves_the_old_model(
    train: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "topics.skops"
    out.write_bytes(b"the old one")

    def stop(share: float, _what: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    monkeypatch.setattr(triage_train, "tell", stop)
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("triage_train", "--data", str(train), "--out", str(out), stdout=io.StringIO())
    assert out.read_bytes() == b"the old one"
    assert not issubclass(Cancelled, KeyboardInterrupt)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_of_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f'text{delimiter}label\r\n"é, ""so""\nnext"{delimiter}a\r\n'.encode(encoding))
    assert dict(read_table(path).columns) == {"text": ['é, "so"\nnext'], "label": ["a"]}


def test_tables_of_other_kinds(tmp_path: Path) -> None:
    lines = tmp_path / "t.jsonl"
    lines.write_text('{"text": "one", "n": 1}\n\n{"text": null, "n": 2.0}\n')
    assert dict(read_table(lines).columns) == {"text": ["one", ""], "n": ["1", "2"]}
    stored = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({"text": ["one", None], "n": [1.0, float("nan")]}), stored)
    assert dict(read_table(stored).columns) == {"text": ["one", ""], "n": ["1", ""]}
    table = read_table(lines)
    assert table.texts(["text", "n"]) == ["one\n1", "2"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("e.csv", b""), ("h.csv", b"text,label\n"), ("b.jsonl", b"{"), ("l.jsonl", b"[1]"), ("p.parquet", b"no")],
)
def test_files_that_are_no_tables_are_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable, match=name):
        read_table(tmp_path / name)
