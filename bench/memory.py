"""What a process costs."""

from __future__ import annotations

from pathlib import Path


def resident_kib(pid: int) -> int:
    """Memory of a process in KiB, pages it shares counted in proportion."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
