"""Identifiers that sort by time (UUIDv7, RFC 9562 §5.7)."""

from __future__ import annotations

import os
import uuid
from datetime import datetime


def uuid7(at: datetime) -> uuid.UUID:
    """A random identifier whose first 48 bits are `at` in milliseconds."""
    return uuid.UUID(int=_time_bits(at) | _random_bits())


def uuid7_floor(at: datetime) -> uuid.UUID:
    """The least identifier of that millisecond: `id >= uuid7_floor(t)` reads "made since t"."""
    return uuid.UUID(int=_time_bits(at))


def _time_bits(at: datetime) -> int:
    milliseconds = int(at.timestamp() * 1000)
    return (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | 0b10 << 62


def _random_bits() -> int:
    random = int.from_bytes(os.urandom(10), "big")
    return (random >> 68 & 0xFFF) << 64 | random & 0x3FFFFFFFFFFFFFFF
