"""Dialogues out of files."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from conversations.replay import dialogues, tables
from conversations.replay.dialogues import AGENT, CUSTOMER, Dialogue, Reading, Turn
from conversations.replay.tables import Unreadable
from conversations.replay.verdict import mismatch
from conversations.text import MAX_BODY

NOTHING: dict[str, str | None] = {}


def _read(path: Path, *, truncate: bool = False, limit: int | None = None, **given: str) -> Reading:
    return dialogues.read(tables.rows(path), given=given, truncate=truncate, limit=limit)


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_with_columns_known_by_name(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "conversation,turn,speaker,text\nx,2,agent,Hello\nx,1,user,Hi\ny,1,user,Salut\n")
    assert _read(path).dialogues == [
        Dialogue("x", (Turn(CUSTOMER, "Hi"), Turn(AGENT, "Hello"))),
        Dialogue("y", (Turn(CUSTOMER, "Salut"),)),
    ]


def test_turns_are_numbers_not_words(tmp_path: Path) -> None:
    lines = "".join(f"x,{number},line {number}\n" for number in (10, 9, 2))
    found = _read(_file(tmp_path, "a.csv", f"conversation,turn,text\n{lines}")).dialogues
    assert [turn.text for turn in found[0].turns] == ["line 2", "line 9", "line 10"]


def test_without_authors_everything_is_the_customers(tmp_path: Path) -> None:
    found = _read(_file(tmp_path, "a.jsonl", '{"dialogue": 1, "text": "one"}\n\n{"dialogue": 1, "text": "two"}\n'))
    assert found.dialogues == [Dialogue("1", (Turn(CUSTOMER, "one"), Turn(CUSTOMER, "two")))]


def test_columns_named_by_the_caller(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "nr,who,said\n7,cust,Hi\n7,rep,Hello\n")
    found = _read(path, dialogue="nr", author="who", text="said")
    assert found.dialogues == [Dialogue("7", (Turn(CUSTOMER, "Hi"), Turn(AGENT, "Hello")))]


def test_whole_dialogues_in_one_row_even_cut_off(tmp_path: Path) -> None:
    row = '1,<cust__ why? __cust>,"<rep__ because __rep> <cust__ hm, ok __cust> <rep__ you are wel"'
    path = _file(tmp_path, "a.csv", f"first_tweet_id,first_utterance,context\n{row}\n")
    texts = [(turn.author, turn.text) for turn in _read(path).dialogues[0].turns]
    assert texts == [(CUSTOMER, "why?"), (AGENT, "because"), (CUSTOMER, "hm, ok"), (AGENT, "you are wel")]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "dialogue,author,text\na,user,Hi\na,user,  \nb,agent,Hello\n")
    found = _read(path)
    assert (len(found.dialogues), found.empty_turns, found.agent_begins) == (1, 1, 1)


def test_limit_and_line_ends(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.jsonl", '{"id": 1, "text": " a\\r\\nb "}\n{"id": 2, "text": "c"}\n')
    assert _read(path, limit=1).dialogues == [Dialogue("1", (Turn(CUSTOMER, "a\nb"),))]


def test_parquet_as_pyarrow_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"conversation": ["x", "x"], "turn": ["0", "2"], "text": ["hi", "ok"]}), path)
    assert [turn.text for turn in _read(path).dialogues[0].turns] == ["hi", "ok"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "the file is empty"),
        ("a.csv", "dialogue,body\n", "the file is empty"),
        ("a.csv", "dialogue,weather\n1,fine\n", "--text"),
        ("a.csv", "dialogue,text\n1,a,b\n", "line 2"),
        ("a.csv", "dialogue,turn,text\n1,first,a\n", "'first' is not a number"),
        ("a.csv", "dialogue,author,text\n1,robot,a\n", "'robot' is none of"),
        ("a.csv", "dialogue,author,text\n1,agent,a\n", "a customer begins"),
        ("a.csv", "dialogue,text\n1,a\x00b\n", "control characters"),
        ("a.jsonl", "{broken\n", "line 1"),
        ("a.jsonl", "[1]\n", "expected an object"),
        ("a.parquet", "no parquet at all", "a.parquet"),
        ("a.txt", "", ".csv, .jsonl"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_reason(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said.replace("[", r"\[")):
        _read(_file(tmp_path, name, text))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        _read(tmp_path / "missing.csv")


def test_a_text_too_long_is_cut_only_when_asked(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", f"dialogue,text\n1,{'x' * (MAX_BODY + 1)}\n")
    with pytest.raises(Unreadable, match="--truncate"):
        _read(path)
    assert len(_read(path, truncate=True).dialogues[0].turns[0].text) == MAX_BODY


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ([("customer", "Hi"), ("agent", "Hello")], ""),
        ([("customer", "Hi")], "1 turns instead of 2"),
        ([("customer", "Hi"), ("agent", "Hello"), ("agent", "Hello")], "3 turns instead of 2"),
        ([("agent", "Hello"), ("customer", "Hi")], "turn 1 is agent 'Hello' instead of customer 'Hi'"),
        ([("customer", "Hi"), ("agent", "Hallo")], "turn 2 is agent 'Hallo' instead of agent 'Hello'"),
    ],
)
def test_the_verdict_names_the_first_difference(said: list[tuple[str, str]], wrong: str) -> None:
    dialogue = Dialogue("x", (Turn(CUSTOMER, "Hi"), Turn(AGENT, "Hello")))
    assert mismatch(dialogue, said) == wrong
