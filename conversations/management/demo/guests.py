"""Northwind's customers and their companies, as the desk knows them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from conversations.management.demo.cast import BREWING, COMPANIES, PAGES
from conversations.management.demo.people import Person
from conversations.management.demo.plan import Plan
from conversations.management.demo.play import names
from conversations.management.demo.stories import AGAIN, CUSTOMER
from people import actions as people
from people.models import AttributeDefinition, Company, Customer

_SUBJECT, _TYPE = AttributeDefinition.Subject, AttributeDefinition.Type


@dataclass(frozen=True, slots=True)
class _Claims:
    """What Northwind's own site vouches for."""

    external_id: str
    name: str
    email: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Visit:
    first: datetime
    last: datetime


def invite(plan: Plan, chance: random.Random) -> list[Customer]:
    """The customers, in the order of the plan's people."""
    _define_attributes()
    companies = [
        Company.objects.create(name=each.name, domain=each.domain, plan=each.plan, attributes={"seats": each.seats})
        for each in COMPANIES
    ]
    guests = Guests(chance, companies)
    return [guests.welcome(number, person, visit) for number, (person, visit) in enumerate(_visits(plan, chance))]


def _define_attributes() -> None:
    for subject, key, label, kind, choices in (
        (_SUBJECT.CUSTOMER, "orders", "Orders", _TYPE.NUMBER, ()),
        (_SUBJECT.CUSTOMER, "brews_with", "Brews with", _TYPE.CHOICE, BREWING),
        (_SUBJECT.CUSTOMER, "newsletter", "Newsletter", _TYPE.BOOLEAN, ()),
        (_SUBJECT.CUSTOMER, "last_order", "Last order", _TYPE.DATE, ()),
        (_SUBJECT.COMPANY, "seats", "Seats", _TYPE.NUMBER, ()),
        (_SUBJECT.CONVERSATION, "order", "Order", _TYPE.TEXT, ()),
    ):
        AttributeDefinition.objects.create(subject=subject, key=key, label=label, type=kind, choices=list(choices))


def _visits(plan: Plan, chance: random.Random) -> list[tuple[Person, _Visit]]:
    """When everybody first came and when they were last seen, which is when they wrote or soon after."""
    wrote: dict[int, list[datetime]] = {}
    for thread in plan.threads:
        times = [moment.at for moment in thread.moments if moment.line.kind in (CUSTOMER, AGAIN)]
        wrote.setdefault(thread.person, []).extend(times)
    visits = []
    for place, person in enumerate(plan.people):
        times = wrote.get(place) or [plan.now - timedelta(days=chance.uniform(1, 40))]
        seen = min(plan.now - timedelta(seconds=20), max(times) + timedelta(minutes=chance.uniform(1, 20)))
        known_for = timedelta(days=chance.uniform(20, 700) if person.name else 0, minutes=chance.uniform(2, 30))
        visits.append((person, _Visit(min(times) - known_for, seen)))
    return visits


class Guests:
    def __init__(self, chance: random.Random, companies: Sequence[Company]) -> None:
        self._chance, self._companies, self._names = chance, companies, names(chance)

    def welcome(self, number: int, person: Person, visit: _Visit) -> Customer:
        customer = self._stranger(person, visit)
        if person.name:
            company = self._companies[person.company] if person.company is not None else None
            claims = self._claims(number, person, visit, company)
            customer = people.identify(customer, claims, now=visit.last)
            if company is not None:
                people.update_customer(customer, {"company": company, "plan": company.plan})
        else:
            customer.save()
        Customer.objects.filter(pk=customer.pk).update(created_at=visit.first)
        return customer

    def _stranger(self, person: Person, visit: _Visit) -> Customer:
        place, title = self._chance.choice(PAGES)
        return Customer(
            public_id=next(self._names),
            language=person.region.language,
            time_zone=person.region.time_zone,
            country=person.region.country,
            page={"url": f"{settings.PARLEY_URL}/demo/{place}", "title": title},
            last_seen_at=visit.last,
        )

    def _claims(self, number: int, person: Person, visit: _Visit, company: Company | None) -> _Claims:
        attributes = {
            "orders": self._chance.randint(1, 30),
            "brews_with": self._chance.choice(BREWING),
            "newsletter": self._chance.random() < 0.4,
            "last_order": (visit.first + (visit.last - visit.first) * self._chance.random()).date().isoformat(),
        }
        address = _address(person.name, number, company.domain if company else "mail.example")
        return _Claims(f"nw-{1000 + number}", person.name, address, attributes)


def _address(name: str, number: int, domain: str) -> str:
    """`ingrid.sjoberg@…`; a number for names in other scripts."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().split()
    return f"{'.'.join(plain) or f'guest{1000 + number}'}@{domain}"
