"""Northwind's furniture: teams, agents, topics, statuses, the site, and the customers."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from conversations.management.demo.cast import AGENTS, COMPANIES, PAGES, STATUSES, TEAMS, TOPICS
from conversations.management.demo.plan import Person
from conversations.models import IdentityKey, Status, Topic, Touchpoint
from people import actions as people
from people.models import Agent, AttributeDefinition, Availability, Company, Customer, Role, Team

_WORDS = ("amber", "birch", "clay", "copper", "ember", "fern", "harbour", "linen", "maple", "moss", "river", "willow")


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


@dataclass(frozen=True, slots=True)
class _Claims:
    """What Northwind's own site vouches for."""

    external_id: str
    name: str
    email: str
    attributes: Mapping[str, object]


def furnish(now: datetime) -> House:
    teams = {each.key: Team.objects.create(name=each.name, tier=each.tier, specialty=each.specialty) for each in TEAMS}
    logins = [_login(each.key, each.role, each.name) for each in AGENTS]
    topics = {name: Topic.objects.create(name=name, description=about) for name, about in TOPICS}
    return House(
        teams=teams,
        agents=_agents(teams, logins, now),
        topics=topics,
        statuses={name: _status(name, state, place) for place, (name, state) in enumerate(STATUSES)},
        site=_site(teams["front"]),
        logins=logins,
    )


def _login(key: str, role: str, name: str) -> Login:
    words = "-".join(secrets.choice(_WORDS) for _ in range(3))
    return Login(f"{key}@northwind.example", f"{words}-{secrets.randbelow(900) + 100}", role, name)


def _agents(teams: Mapping[str, Team], logins: Sequence[Login], now: datetime) -> dict[str, Agent]:
    agents = {}
    for facts, login in zip(AGENTS, logins, strict=True):
        mine = [teams[key] for key in facts.teams]
        agent = people.create_agent(
            login.email, name=login.name, role=Role(login.role), password=login.password, teams=mine
        )
        Agent.objects.filter(pk=agent.pk).update(languages=list(facts.languages))
        people.set_availability(agent, Availability(facts.availability), reason=facts.away_reason, now=now)
        agents[facts.key] = agent
    return agents


def _status(name: str, state: str, place: int) -> Status:
    return Status.objects.create(name=name, state=state, position=place)


def _site(team: Team) -> Touchpoint:
    look = {
        "color": "#2f6f5e",
        "greeting": "Coffee questions? We are happy to help.",
        "reply_time": "Usually replies in a few minutes",
    }
    origins = ["https://northwind.example", "https://*.northwind.example", settings.PARLEY_URL]
    site = Touchpoint.objects.create(key="demo", name="Northwind", team=team, origins=origins, look=look)
    IdentityKey.objects.create(touchpoint=site, kid="demo")
    return site


def invite(cast: Sequence[Person], now: datetime, seed: int) -> list[Customer]:
    """The customers, in the order of the cast."""
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    subject, kinds = AttributeDefinition.Subject.CUSTOMER, AttributeDefinition.Type
    AttributeDefinition.objects.create(subject=subject, key="orders", label="Orders", type=kinds.NUMBER)
    AttributeDefinition.objects.create(subject=subject, key="newsletter", label="Newsletter", type=kinds.BOOLEAN)
    companies = [Company.objects.create(name=each.name, domain=each.domain, plan=each.plan) for each in COMPANIES]
    return [_customer(number, person, companies, now, chance) for number, person in enumerate(cast)]


def _customer(
    number: int, person: Person, companies: Sequence[Company], now: datetime, chance: random.Random
) -> Customer:
    place, title = chance.choice(PAGES)
    stranger = Customer(
        language=person.region.language,
        time_zone=person.region.time_zone,
        country=person.region.country,
        page={"url": f"{settings.PARLEY_URL}/demo/{place}", "title": title},
        last_seen_at=now - timedelta(minutes=chance.randint(3, 60 * 24 * 20)),
    )
    if not person.name:
        stranger.save()
        return stranger
    company = companies[person.company] if person.company is not None else None
    domain = company.domain if company else "mail.example"
    attributes = {"orders": chance.randint(1, 30), "newsletter": chance.random() < 0.4}
    claims = _Claims(f"nw-{1000 + number}", person.name, f"customer{1000 + number}@{domain}", attributes)
    customer = people.identify(stranger, claims, now=stranger.last_seen_at or now)
    if company is not None:
        people.update_customer(customer, {"company": company, "plan": company.plan})
    return customer
