"""Rows of a file, whatever its format: CSV, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
_BATCH = 1000
_LONGEST_CELL = 1 << 24


class Unreadable(Exception):
    """The file cannot be played; the message says why and what to do."""


def rows(path: Path) -> Iterator[Row]:
    """Every row of the file, by its columns' names.

    Raises:
        Unreadable: no such file, not a format we read, or broken.
    """
    readers = {".csv": _csv, ".jsonl": _json_lines, ".ndjson": _json_lines, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"{path.name}: expected a file that ends in {', '.join(readers)}")
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    yield from reader(path)


def _csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for row in (reader := csv.DictReader(file, strict=True)):
                if None in row or None in row.values():
                    raise Unreadable(f"{path.name}, line {reader.line_num}: not as many cells as the first line has")
                yield row
        except (csv.Error, UnicodeDecodeError) as problem:
            raise Unreadable(f"{path.name}: {problem}") from problem


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as problem:
                raise Unreadable(f"{path.name}, line {number}: {problem}") from problem
            if not isinstance(row, dict):
                raise Unreadable(f"{path.name}, line {number}: expected an object")
            yield row


def _parquet(path: Path) -> Iterator[Row]:
    from pyarrow import parquet

    try:
        for batch in parquet.ParquetFile(path).iter_batches(_BATCH):
            yield from batch.to_pylist()
    except (OSError, ValueError) as problem:
        raise Unreadable(f"{path.name}: {problem}") from problem
