"""JSON as strangers send it: every malformed body has a code of its own and none reaches the desk.

The standard parser accepts NaN, repeated keys, integers of any length and nesting up to the
recursion limit; each is refused here before anything looks at the values.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from conversations.errors import BadRequest

MAX_DEPTH = 32
MAX_SAFE_INTEGER = 2**53 - 1  # what a browser can hold exactly


def parse_object(raw: str | bytes) -> dict[str, Any]:
    """The object in `raw`.

    Raises:
        BadRequest: with a code that says which rule was broken.
    """
    if isinstance(raw, bytes):
        raw = _decoded(raw)
    if not raw.strip():
        raise BadRequest("body_required", "The body is empty; send a JSON object.")
    value = _parsed(raw)
    if not isinstance(value, dict):
        raise BadRequest("object_expected", "Send a JSON object, not a list or a single value.")
    if raw.count("[") + raw.count("{") > MAX_DEPTH:
        _refuse_depth(value, MAX_DEPTH)
    if "\\u" in raw:
        _refuse_surrogates(value)
    return value


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BadRequest("invalid_encoding", "The body is not valid UTF-8.") from None


def _parsed(raw: str) -> Any:
    try:
        return _DECODER.decode(raw)
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise BadRequest("invalid_json", f"Body is not valid JSON ({where}).") from None
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> BadRequest:
    return BadRequest("too_deep", f"At most {MAX_DEPTH} levels.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadRequest("duplicate_key", f"The key {twice[:60]!r} stands twice.", field=twice[:60])
    return value


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_SAFE_INTEGER:
        raise BadRequest("number_out_of_range", f"Whole numbers go up to {MAX_SAFE_INTEGER}.")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > 60 or not math.isfinite(value := float(digits)):
        raise BadRequest("number_out_of_range", "That number is too long.")
    return value


def _constant(name: str) -> NoReturn:
    raise BadRequest("invalid_number", f"{name} is not JSON.")


def _refuse_depth(value: object, levels: int) -> None:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict | list) and levels == 0:
        raise _too_deep()
    for child in children:
        _refuse_depth(child, levels - 1)


def _refuse_surrogates(value: dict[str, Any]) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadRequest("invalid_unicode", "The text holds half of a character.") from None


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant)
