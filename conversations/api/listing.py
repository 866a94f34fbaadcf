"""Lists: filters, order and pages, all from lists of what is allowed.

Nothing of a query string becomes a column's name. Pages go by keyset; a cursor is signed, belongs to one reader and one
set of filters, and ends after a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from conversations.api.fields import is_key
from conversations.errors import BadRequest
from people.models import Agent

M = TypeVar("M", bound=Model)

DEFAULT_LIMIT, MAX_LIMIT = 50, 100
MAX_FILTERS = 20
CURSOR_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Order:
    """A column and its direction; the primary key breaks ties the same way. Its values are never null."""

    column: str
    descending: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        sign = "-" if self.descending else ""
        return (sign + "pk",) if self.column == "pk" else (sign + self.column, sign + "pk")

    def after(self, value: Any, key: Any) -> Q:
        """Rows past the one with that value and key."""
        side = "lt" if self.descending else "gt"
        if self.column == "pk":
            return Q(**{f"pk__{side}": key})
        tie = Q(**{self.column: value, f"pk__{side}": key})
        return Q(**{f"{self.column}__{side}e": value}) & (Q(**{f"{self.column}__{side}": value}) | tie)


BY_KEY = Order("pk")


class Question:
    """A query string, taken word by word; `done` refuses what nobody took."""

    def __init__(self, given: QueryDict) -> None:
        if len(given) > MAX_FILTERS or any(len(value) > 1000 for value in given.values()):
            raise BadRequest("filter_too_complex", f"At most {MAX_FILTERS} filters of 1,000 characters.")
        for name, values in given.lists():
            if len(values) > 1:
                raise BadRequest("unknown_filter", f"{name[:60]!r} stands twice.", field=name[:60])
        if "page" in given:
            raise BadRequest("invalid_page", "Lists have no page numbers: send the cursor in `next`.", field="page")
        self.given = {name: value for name, value in given.items() if isinstance(value, str)}
        self._taken = {"cursor", "limit"}

    def take(self, name: str) -> str | None:
        self._taken.add(name)
        return self.given.get(name)

    def word(self, name: str, allowed: Mapping[str, Any]) -> Any:
        """What one of the allowed words stands for; None when it was not asked for."""
        value = self.take(name)
        if value is None:
            return None
        if value not in allowed:
            raise BadRequest("unknown_value", f"{name}: one of {', '.join(allowed)}.", field=name)
        return allowed[value]

    def key(self, name: str) -> int | str | None:
        """An id, or the word `none`."""
        value = self.take(name)
        if value is None or value == "none":
            return value
        if not is_key(value):
            raise BadRequest("unknown_value", f"{name}: an id, or none.", field=name)
        return int(value)

    def number(self, name: str) -> int | None:
        value = self.take(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise BadRequest("invalid_cursor", f"{name}: a part's number.", field=name)
        return int(value)

    def limit(self, default: int = DEFAULT_LIMIT, most: int = MAX_LIMIT) -> int:
        value = self.given.get("limit", str(default))
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
        if not 0 < number <= most:
            raise BadRequest("limit_too_large", f"limit: 1 to {most}.", field="limit")
        return number

    def order(self, orders: Mapping[str, Order], default: str) -> Order:
        name = self.take("sort") or default
        if name not in orders:
            raise BadRequest("unknown_sort", f"sort: one of {', '.join(orders)}.", field="sort")
        return orders[name]

    def done(self) -> None:
        """Raises BadRequest: something was asked that this list does not know."""
        if "sort" in self.given and "sort" not in self._taken:
            raise BadRequest("unknown_sort", "This list has one order only.", field="sort")
        for name in self.given:
            if name not in self._taken:
                raise BadRequest("unknown_filter", f"There is no filter {name[:60]!r} here.", field=name[:60])


def page(
    rows: QuerySet[M, M], question: Question, reader: Agent, order: Order, form: Callable[[list[M]], list[Any]]
) -> dict[str, Any]:
    """One page of rows in their JSON form, and the cursor of the next.

    Raises:
        BadRequest: the cursor is not one of ours, not this reader's, of another list, or too old.
    """
    limit, salt = question.limit(), _salt(question, reader)
    if (cursor := question.given.get("cursor")) is not None:
        rows = rows.filter(order.after(*_opened(cursor, salt)))
    found = list(rows.order_by(*order.terms)[: limit + 1])
    shown = found[:limit]
    more = _sealed(shown[-1], order, salt) if len(found) > limit else None
    return {"results": form(shown), "next": more}


def _salt(question: Question, reader: Agent) -> str:
    asked = {name: value for name, value in question.given.items() if name not in ("cursor", "limit")}
    return hashlib.sha256(repr((reader.pk, sorted(asked.items()))).encode()).hexdigest()


def _sealed(row: Model, order: Order, salt: str) -> str:
    value = getattr(row, order.column)
    kept = value.isoformat() if isinstance(value, datetime) else value
    return signing.dumps([type(value).__name__, kept, row.pk], salt=salt)


def _opened(cursor: str, salt: str) -> tuple[Any, Any]:
    try:
        kind, value, key = signing.loads(cursor, salt=salt, max_age=CURSOR_LIFE)
    except signing.BadSignature:
        message = "This cursor is not of this list, or too old. Start again without one."
        raise BadRequest("invalid_cursor", message, field="cursor") from None
    return datetime.fromisoformat(value) if kind == "datetime" else value, key
