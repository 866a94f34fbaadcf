"""What an agent may see, as a value that can be asked without a query."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.models import Follower
from conversations.parts import Scope
from people.models import Agent


def scope_of(agent: Agent) -> Scope:
    return scopes_of([agent])[agent.pk]


def scopes_of(agents: Iterable[Agent]) -> dict[int, Scope]:
    """By agent, in two statements however many they are. Agents who left see nothing, so they are absent."""
    present = {agent.pk: agent for agent in agents if agent.is_active}
    teams = _grouped(Agent.teams.through.objects.filter(agent__in=present).values_list("agent_id", "team_id"))
    following = _grouped(Follower.objects.filter(agent__in=present).values_list("agent_id", "conversation_id"))
    return {
        key: Scope(key, agent.sees_everything, frozenset(teams.get(key, ())), frozenset(following.get(key, ())))
        for key, agent in present.items()
    }


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return groups
