"""How many conversations stand in each of an agent's views: counted together for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from conversations.models import Conversation, State
from conversations.parts import Scope


@dataclass(slots=True)
class Counts:
    mine: int = 0
    unassigned: int = 0
    all: int = 0
    waiting: int = 0
    snoozed: int = 0
    mentions: int = 0
    teams: dict[str, int] = field(default_factory=dict)

    def add(
        self, scope: Scope, state: str, team: int | None, assignee: int | None, *, waiting: bool, count: int
    ) -> None:
        if state == State.SNOOZED:
            self.snoozed += count
            return
        self.all += count
        self.waiting += count if waiting else 0
        self.unassigned += count if assignee is None else 0
        self.mine += count if assignee == scope.agent else 0
        if team is not None:
            self.teams[str(team)] = self.teams.get(str(team), 0) + count

    def json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def for_scopes(scopes: Mapping[int, Scope]) -> dict[int, dict[str, Any]]:
    """By agent. One statement groups everything that is not closed; each agent's sums come from that."""
    live = Conversation.objects.filter(last_number__gt=0).exclude(state=State.CLOSED)
    waits = ExpressionWrapper(Q(waiting_since__isnull=False), BooleanField())
    groups = list(live.values_list("state", "team", "assignee", waits).annotate(Count("pk")).order_by())
    found = {agent: Counts() for agent in scopes}
    for agent, scope in scopes.items():
        for state, team, assignee, waits, count in groups:
            if scope.covers(0, team, assignee):
                found[agent].add(scope, state, team, assignee, waiting=waits, count=count)
        _add_followed(found[agent], scope)
    for agent, count in _mentioned(scopes).items():
        found[agent].mentions = count
    return {agent: counts.json() for agent, counts in found.items()}


def _add_followed(counts: Counts, scope: Scope) -> None:
    """Conversations an agent sees only because they follow them stand in no group of theirs."""
    if scope.everything or not scope.following:
        return
    followed = Conversation.objects.filter(pk__in=scope.following, last_number__gt=0).exclude(state=State.CLOSED)
    for state, team, assignee, since in followed.values_list("state", "team", "assignee", "waiting_since"):
        if not scope.covers(0, team, assignee):
            counts.add(scope, state, team, assignee, waiting=since is not None, count=1)


_MENTIONS = """
SELECT called.agent, count(DISTINCT c.id)
FROM (
    SELECT agent_id AS agent, part_id FROM conversations_mention WHERE agent_id = ANY(%s)
    UNION
    SELECT t.agent_id, m.part_id FROM conversations_mention m
    JOIN people_agent_teams t USING (team_id) WHERE t.agent_id = ANY(%s)
) called
JOIN conversations_part p ON p.id = called.part_id
JOIN conversations_conversation c ON c.id = p.conversation_id AND c.state <> 'closed'
WHERE called.agent = ANY(%s) OR c.team_id IS NULL OR c.assignee_id = called.agent
    OR EXISTS (SELECT FROM people_agent_teams t WHERE (t.agent_id, t.team_id) = (called.agent, c.team_id))
    OR EXISTS (SELECT FROM conversations_follower f WHERE (f.agent_id, f.conversation_id) = (called.agent, c.id))
GROUP BY called.agent
"""


def _mentioned(scopes: Mapping[int, Scope]) -> dict[int, int]:
    """Live conversations in which a note calls the agent or a team of theirs, as far as they see them: calling a team
    does not give it sight."""
    keys = list(scopes)
    everything = [key for key, scope in scopes.items() if scope.everything]
    with connection.cursor() as cursor:
        cursor.execute(_MENTIONS, [keys, keys, everything])
        return dict(cursor.fetchall())
