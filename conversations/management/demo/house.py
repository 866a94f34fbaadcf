"""Northwind's furniture: teams, agents, topics, statuses and the site where customers write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.management.demo.cast import AGENTS, STATUSES, TEAMS, TOPICS
from conversations.models import IdentityKey, Status, Topic, Touchpoint
from people import actions as people
from people.models import Agent, Availability, Role, Team

PASSWORD = "welcome-to-parley"  # noqa: S105 - known to everybody, and only ever set on a desk made to try things
_LOOK = {
    "color": "#2955c0",
    "greeting": "Coffee questions? We are happy to help.",
    "reply_time": "Usually replies in a few minutes",
}


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """Everything stories need, by the keys they use."""

    teams: Mapping[str, Team]
    agents: Mapping[str, Agent]
    topics: Mapping[str, Topic]
    statuses: Mapping[str, Status]
    site: Touchpoint
    logins: Sequence[Login]

    def called(self, key: str) -> tuple[str, int]:
        """Whom a note mentions."""
        if key in self.agents:
            return "agent", self.agents[key].pk
        return "team", self.teams[key].pk


def furnish(now: datetime) -> House:
    teams = {each.key: Team.objects.create(name=each.name, tier=each.tier, specialty=each.specialty) for each in TEAMS}
    logins = [Login(f"{each.key}@northwind.example", PASSWORD, each.role, each.name) for each in AGENTS]
    return House(
        teams=teams,
        agents=_agents(teams, logins, now),
        topics={name: Topic.objects.create(name=name, description=about) for name, about in TOPICS},
        statuses={
            name: Status.objects.create(name=name, state=state, position=place)
            for place, (name, state) in enumerate(STATUSES)
        },
        site=_site(teams["front"]),
        logins=logins,
    )


def _agents(teams: Mapping[str, Team], logins: Sequence[Login], now: datetime) -> dict[str, Agent]:
    agents = {}
    for facts, login in zip(AGENTS, logins, strict=True):
        mine = [teams[key] for key in facts.teams]
        agent = people.create_agent(
            login.email, name=login.name, role=Role(login.role), password=login.password, teams=mine
        )
        agent.languages = list(facts.languages)
        agent.save(update_fields=["languages"])
        people.set_availability(agent, Availability(facts.availability), reason=facts.away_reason, now=now)
        agents[facts.key] = agent
    return agents


def _site(team: Team) -> Touchpoint:
    site = Touchpoint.objects.create(key="demo", name="Northwind", team=team, look=_LOOK)
    IdentityKey.objects.create(touchpoint=site, kid="demo")
    return site
