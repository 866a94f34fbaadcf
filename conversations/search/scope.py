"""The viewer's scope, as SQL: everything that search reads passes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from conversations.models import Conversation
from people.models import Agent


@dataclass(frozen=True, slots=True)
class Scope:
    """What an active agent may see; `sql` selects the keys of those conversations."""

    agent: Agent
    sql: str
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, agent: Agent) -> Scope:
        sql, values = Conversation.objects.visible_to(agent).values("pk").query.sql_with_params()
        names = [f"scope_{number}" for number in range(len(values))]
        named = sql % tuple(f"%({name})s" for name in names)
        return cls(agent, named, dict(zip(names, values, strict=True)))

    def fetch(self, template: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement in which `{visible}` stands for the keys of visible conversations."""
        with connection.cursor() as cursor:
            cursor.execute(template.replace("{visible}", self.sql), {**self.parameters, **parameters})
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
