"""Rows of a CSV, JSONL or Parquet file, read one after the other as texts. Nothing in them is ever evaluated: what
looks like a formula is a text like any other."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal, Text, amount

LARGEST = 200_000_000  # bytes of a file
MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
MOST_TOPICS = 500  # different values of a column that is to hold topics
LOOKED_AT = 50_000  # rows that the preview counts topics in
FORMS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
Record = dict[str, str]


class BadTable(Refusal):
    """The file cannot be read as a table; the message names the column or row and the limit."""

    def __init__(self, code: str, message: Text, *, field: str = "file", status: int = 422) -> None:
        super().__init__(message, field=field)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of a file before it is read: its columns, its first rows, and guesses which columns are meant."""

    columns: tuple[str, ...]
    first: tuple[Record, ...]
    text: str
    topic: str
    priority: str


def look_at(path: Path) -> Look:
    """Raises BadTable."""
    columns, rows = opened(path)
    first = tuple(islice(rows, 5))
    if not first:
        raise BadTable("no_rows", _("The file has no rows below its header."))
    return Look(columns, first, *(_guess(columns, names) for names in _NAMES))


_NAMES = (
    ("text", "message", "body", "question", "utterance", "instruction", "description", "subject", "content"),
    ("topic", "label", "intent", "category", "queue", "class", "type"),
    ("priority", "urgency", "severity"),
)


def _guess(columns: Sequence[str], names: Sequence[str]) -> str:
    by_name = {column.strip().lower(): column for column in columns}
    return next((by_name[name] for name in names if name in by_name), "")


def values_of(path: Path, column: str) -> list[tuple[str, int]]:
    """The different values of a column with how often they come, commonest first, from the first 50,000 rows.

    Raises:
        BadTable: they are too many to be topics.
    """
    check_columns(path, [column])
    counts = Counter(value for row in islice(opened(path)[1], LOOKED_AT) if (value := row[column].strip()))
    if len(counts) > MOST_TOPICS:
        message = _(
            "The column “{column}” has {n} different values; topics are {most} at most. Is it the right column?"
        )
        told = format_lazy(message, column=column, n=amount(len(counts)), most=amount(MOST_TOPICS))
        raise BadTable("too_many_topics", told, field="topic")
    return counts.most_common()


def check_columns(path: Path, wanted: Iterable[str]) -> None:
    """Raises BadTable when one of them is not in the file."""
    columns, _rows = opened(path)
    missing = [name for name in wanted if name not in columns]
    if missing:
        message = format_lazy(
            _("There is no column “{missing}” in the file; it has {columns}."),
            missing="”, “".join(missing),
            columns=", ".join(columns[:30]),
        )
        raise BadTable("columns_missing", message, field="columns")


def opened(path: Path) -> tuple[tuple[str, ...], Iterator[Record]]:
    """The columns, and an iterator over the rows. Raises BadTable, also while rows are read."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise BadTable("unknown_form", _("Send a CSV, JSONL or Parquet file."))
    return {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[form](path)


def _header(names: Sequence[Any]) -> tuple[str, ...]:
    columns = tuple(str(name).strip() for name in names)
    if not columns or len(columns) > MOST_COLUMNS:
        message = format_lazy(
            _("The file has {n} columns; 1 to {most} can be read."), n=len(columns), most=MOST_COLUMNS
        )
        raise BadTable("columns_missing", message, field="columns")
    if "" in columns:
        place = columns.index("") + 1
        raise BadTable("columns_missing", format_lazy(_("Column {n} has no name."), n=place), field="columns")
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        message = format_lazy(_("There is more than one column “{name}”."), name=twice[0])
        raise BadTable("columns_duplicate", message, field="columns")
    return columns


def _csv(path: Path) -> tuple[tuple[str, ...], Iterator[Record]]:
    csv.field_size_limit(LARGEST)
    encoding = _encoding(path)
    file = path.open(newline="", encoding=encoding, errors="replace")
    sample = file.read(64 * 1024)
    file.seek(0)
    lines = csv.reader((line.replace("\0", "") for line in file), delimiter=_delimiter(sample))
    try:
        columns = _header(next(lines, []))
    except csv.Error as error:
        raise BadTable("unreadable", format_lazy(_("The file cannot be read: {problem}."), problem=error)) from error
    return columns, _csv_rows(columns, lines)


def _csv_rows(columns: tuple[str, ...], lines: Iterator[list[str]]) -> Iterator[Record]:
    try:
        for line in lines:
            if line:
                yield dict(zip(columns, [*line, *[""] * (len(columns) - len(line))], strict=False))
    except csv.Error as error:
        raise BadTable("unreadable", format_lazy(_("The file cannot be read: {problem}."), problem=error)) from error


def _encoding(path: Path) -> str:
    """As its first bytes say; UTF-8 if the beginning is, else what Windows writes in Western Europe."""
    with path.open("rb") as file:
        start = file.read(1024 * 1024)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        start[:-4].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A sign cut in two by the end of what was read is no reason to doubt.
        return "utf-8-sig" if error.start >= len(start) - 8 else "cp1252"
    return "utf-8-sig"


def _delimiter(sample: str) -> str:
    header = sample.partition("\n")[0]
    return max(",;\t|", key=header.count)


def _jsonl(path: Path) -> tuple[tuple[str, ...], Iterator[Record]]:
    names: dict[str, None] = {}
    for record in islice(_jsonl_records(path), 100):
        names |= dict.fromkeys(record)
    columns = _header(list(names))
    return columns, ({name: _text(record.get(name)) for name in columns} for record in _jsonl_records(path))


def _jsonl_records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding=_encoding(path), errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _record(line, number)


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise BadTable("unreadable", format_lazy(_("Line {n} is not a JSON object."), n=amount(number)))
    return record


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - not a number is the only thing that differs from itself
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.replace("\0", "")


def _parquet(path: Path) -> tuple[tuple[str, ...], Iterator[Record]]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise BadTable("unreadable", _("This is not a Parquet file, or not a whole one.")) from error
    return _header(file.schema_arrow.names), _parquet_rows(file)


def _parquet_rows(file: Any) -> Iterator[Record]:
    from pyarrow import ArrowException

    try:
        for batch in file.iter_batches(batch_size=1_000):
            for record in batch.to_pylist():
                yield {str(name).strip(): _text(value) for name, value in record.items()}
    except (ArrowException, OSError) as error:
        raise BadTable("unreadable", _("This is not a Parquet file, or not a whole one.")) from error


def count_rows(path: Path) -> int:
    """How many rows there are.

    Raises:
        BadTable: too many, or the file cannot be read to its end.
    """
    count = sum(1 for _row in islice(opened(path)[1], MOST_ROWS + 1))
    if count > MOST_ROWS:
        message = format_lazy(_("The file has more than {most} rows; split it."), most=amount(MOST_ROWS))
        raise BadTable("too_many_rows", message, status=413)
    if not count:
        raise BadTable("no_rows", _("The file has no rows below its header."))
    return count
