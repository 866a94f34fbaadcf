"""The desk's own last month, as the simulator wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from django.db import connection

from conversations.models import Conversation
from people.models import Agent
from triage.models import TeamRouting, Verdict
from triage.policy import TeamRule
from triage.simulating import Arrival, Colleague, World
from triage.simulating.reading import HANDLING, BadTable, merged
from triage.simulating.world import HOUR, MINUTE

MONTH = timedelta(days=30)
BREAK = 2 * HOUR  # who wrote before and after so long a silence was there meanwhile

# What an agent wrote took as long as since the part before it, but five minutes at most: then somebody was elsewhere.
_HANDLING = """
SELECT conversation_id, sum(least(extract(epoch FROM gap), 300)) / 60
FROM (
    SELECT p.conversation_id, p.author_kind, p.created_at - lag(p.created_at) OVER (
        PARTITION BY p.conversation_id ORDER BY p.number) AS gap
    FROM conversations_part p JOIN conversations_conversation c ON c.id = p.conversation_id
    WHERE c.created_at > %s AND c.created_at <= %s AND p.kind IN ('message', 'note')
) AS step
WHERE author_kind = 'agent' AND gap IS NOT NULL GROUP BY conversation_id
"""
_HOURS = """
SELECT DISTINCT agent_id, date_trunc('hour', created_at)
FROM conversations_part WHERE author_kind = 'agent' AND agent_id IS NOT NULL AND created_at > %s AND created_at <= %s
"""


def last_month(now: datetime) -> World:
    """Every conversation that began, and every agent in the hours around which they wrote. A conversation of no team is
    for everybody.

    Raises:
        BadTable: there was none, or nobody wrote.
    """
    since = now - MONTH
    monday = (since - timedelta(days=since.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    arrivals, agents = _arrivals(since, now, monday), _agents(since, now, monday)
    if not arrivals or not agents:
        raise BadTable("Nobody asked, or no agent wrote, in the desk's last 30 days. Give --arrivals or --days.")
    rules = {
        str(rule.team): TeamRule(rule.limit, rule.patience * MINUTE)
        for rule in TeamRouting.objects.select_related("team")
    }
    return World(arrivals, agents, rules)


def _arrivals(since: datetime, now: datetime, monday: datetime) -> list[Arrival]:
    handling = _handling(since, now)
    usual = median(handling.values()) if handling else HANDLING
    written = dict(Verdict.objects.filter(is_last=True, language__gt="").values_list("conversation", "language"))
    rows = Conversation.objects.filter(
        created_at__gt=since, created_at__lte=now, last_number__gt=0, merged_into=None
    ).order_by("created_at")
    facts = rows.values_list("pk", "created_at", "priority", "customer__language", "team__name")
    return [
        Arrival(
            (at - monday).total_seconds(),
            max(1.0, handling.get(key, usual)),
            priority,
            written.get(key) or language,
            team or "",
        )
        for key, at, priority, language, team in facts
    ]


def _handling(since: datetime, now: datetime) -> dict[int, float]:
    """Minutes of agents' work, by conversation."""
    with connection.cursor() as cursor:
        cursor.execute(_HANDLING, [since, now])
        return {key: float(minutes) for key, minutes in cursor.fetchall()}


def _agents(since: datetime, now: datetime, monday: datetime) -> list[Colleague]:
    hours = _hours(since, now, monday)
    rows = Agent.objects.filter(pk__in=hours, is_active=True).prefetch_related("teams").order_by("pk")
    return [
        Colleague(
            str(row),
            _shifts(hours[row.pk]),
            frozenset(row.languages),
            row.capacity,
            ("", *(team.name for team in row.teams.all())),
        )
        for row in rows
    ]


def _hours(since: datetime, now: datetime, monday: datetime) -> Mapping[int, list[float]]:
    """When the hours began in which each agent wrote, in seconds since that Monday."""
    found: dict[int, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [since, now])
        for agent, hour in cursor.fetchall():
            found.setdefault(agent, []).append((hour - monday).total_seconds())
    return found


def _shifts(hours: list[float]) -> tuple[tuple[float, float], ...]:
    bridged = merged((hour, hour + HOUR + BREAK) for hour in hours)
    return tuple((since, until - BREAK) for since, until in bridged)
