"""What an agent may see, as a value that can be asked without a query."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from conversations.models import Conversation, Follower
from conversations.parts import Scope
from people.models import Agent, Company, Customer


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


def customers_of(agent: Agent) -> QuerySet[Customer]:
    """The customers of conversations an agent may see; for managers and admins all of them."""
    if agent.sees_everything:
        return Customer.objects.all()
    return Customer.objects.filter(pk__in=Conversation.objects.visible_to(agent).values("customer"))


def companies_of(agent: Agent) -> QuerySet[Company]:
    """The companies those customers belong to."""
    if agent.sees_everything:
        return Company.objects.all()
    return Company.objects.filter(pk__in=customers_of(agent).values("company"))


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return groups
