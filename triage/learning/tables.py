"""Labelled examples from files: CSV of any sensible encoding and delimiter, JSON lines, or Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DELIMITERS = ",;\t|"
LONGEST_FIELD = 50_000_000  # characters
SNIFFED = 20_000


class BadTable(ValueError):
    """A file that cannot be read, or has not the column that is asked for; the message names both."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length; every value is a string, "" where it is missing."""

    name: str
    columns: Mapping[str, list[str]]

    def column(self, name: str) -> list[str]:
        if name not in self.columns:
            raise BadTable(f"column {name!r} is not in {self.name}; it has {', '.join(self.columns) or 'none'}")
        return self.columns[name]

    def texts(self, names: Sequence[str]) -> list[str]:
        """The values of several columns of each row as one text, a line each."""
        rows = zip(*(self.column(name) for name in names), strict=True)
        return ["\n".join(value for value in row if value) for row in rows]


def read_table(path: Path) -> Table:
    """Raises BadTable."""
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            columns = _parquet(path)
        elif path.suffix.lower() in (".jsonl", ".ndjson"):
            columns = _json_lines(path)
        else:
            columns = _csv(path)
    except OSError as error:
        raise BadTable(f"{path.name} cannot be read: {error.strerror or error}") from error
    except (ValueError, csv.Error, RecursionError) as error:
        raise BadTable(f"{path.name} cannot be read: {error}") from error
    if not columns or not len(next(iter(columns.values()))):
        raise BadTable(f"{path.name} has no rows")
    return Table(path.name, columns)


def _parquet(path: Path) -> dict[str, list[str]]:
    from pyarrow import parquet

    if not path.is_file():
        raise FileNotFoundError(2, "No such file or directory")
    table = parquet.ParquetFile(path).read()
    return {name: [_string(value) for value in table.column(name).to_pylist()] for name in table.column_names}


def _json_lines(path: Path) -> dict[str, list[str]]:
    rows = []
    for number, line in enumerate(_decoded(path.read_bytes()).splitlines(), 1):
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is no JSON object")
            rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [_string(row.get(name)) for row in rows] for name in names}


def _csv(path: Path) -> dict[str, list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    text = _decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names = [name.strip() for name in next(reader, [])]
    rows = [row for row in reader if row]
    return {name: [row[at].strip() if at < len(row) else "" for row in rows] for at, name in enumerate(names)}


def _delimiter(text: str) -> str:
    """The one that most evenly divides the first lines; the heading has no quoted line breaks to speak of."""
    heading = next((line for line in text[:SNIFFED].splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _string(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _joined(value) if isinstance(value, list) else str(value).strip()


def _joined(values: Iterable[Any]) -> str:
    return "|".join(_string(value) for value in values)
