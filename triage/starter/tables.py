"""Rows of the public sets' CSV and Parquet files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pyarrow import parquet


class SourceMissing(Exception):
    """A file of a public set is not there, or has other columns than it is published with."""


def rows(file: Path) -> Iterator[dict[str, str]]:
    """Each row of a CSV or Parquet file as texts by column. Raises SourceMissing."""
    if not file.is_file():
        raise SourceMissing(f"{file.parent.name}/{file.name} is not in the directory of public sets")
    if file.suffix == ".parquet":
        for batch in parquet.ParquetFile(file).iter_batches():
            yield from batch.to_pylist()
        return
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def column(row: dict[str, str], name: str, file: str) -> str:
    if name not in row:
        raise SourceMissing(f"column {name!r} is not in {file}; it has {', '.join(row)}")
    return row[name] or ""
