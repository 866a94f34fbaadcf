"""Who writes to Northwind, and the words their stories are told with."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.management.demo.cast import (
    AGENTS,
    CARRIERS,
    CLOSE_TO_HOME,
    COMPANIES,
    DAYS,
    PRODUCTS,
    REGIONS,
    TEAMS,
    VISITORS,
    AgentFacts,
    Region,
)
from conversations.management.demo.stories import Story

_AT_THE_DESK = 3  # how much more agents answer than those who also run the place
_EXTRAS = (0, 0, 0, 4.9, 16, 32)
NAMES: Mapping[str, str] = {each.key: each.name for each in (*TEAMS, *AGENTS)}


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; without a name a visitor who did not say who they are."""

    name: str
    region: Region
    company: int | None = None  # place in COMPANIES

    def can_tell(self, story: Story) -> bool:
        """Whether the story fits to what is known of them."""
        if story.language != self.region.language:
            return False
        if story.needs("company") and self.company is None:
            return False
        return bool(self.name) or not (story.needs("customer") or story.needs("surname"))


def everybody(chance: random.Random) -> list[Person]:
    """All customers, those without names last."""
    works_at = {name: place for place, company in enumerate(COMPANIES) for name in company.people}
    named = [Person(name, region, works_at.get(name)) for region in REGIONS for name in region.names]
    english = [region for region in REGIONS if region.language == "en"]
    return named + [Person("", chance.choice(english)) for _ in range(VISITORS)]


def somebody(chance: random.Random, people: Sequence[Person], busy: set[int], story: Story | None = None) -> int:
    """Somebody who is not busy and can tell the story; their place in `people`."""
    able = [place for place, each in enumerate(people) if story is None or each.can_tell(story)]
    free = [place for place in able if place not in busy] or able
    weights = [CLOSE_TO_HOME if people[place].name and people[place].region.language == "en" else 1 for place in free]
    return chance.choices(free, weights)[0]


def words_for(chance: random.Random, person: Person) -> dict[str, str]:
    """What fills the blanks of a story."""
    language = person.region.language
    product, noun, price = chance.choice(PRODUCTS)
    money = price + chance.choice(_EXTRAS)
    parts = person.name.split() or [""]
    return {
        "name": parts[0],
        "surname": parts[-1],
        "customer": person.name,
        "order": f"NW-{chance.randint(20_000, 39_999)}",
        "product": f"{product} {noun}" if language == "en" else product,
        "carrier": chance.choice(CARRIERS),
        "city": person.region.city,
        "day": chance.choice(DAYS.get(language, DAYS["en"])),
        "money": f"€{money:.2f}" if money % 1 else f"€{money}",
        "company": COMPANIES[person.company].name if person.company is not None else "",
        "colleague": "Kenji",
    }


def answering(chance: random.Random, story: Story) -> AgentFacts:
    """Somebody who speaks the customer's language, of the team it belongs to if possible."""
    fluent = [agent for agent in AGENTS if story.language in agent.languages]
    able = [agent for agent in fluent if story.team in agent.teams]
    shares = [1 if agent.role != "agent" else _AT_THE_DESK for agent in able or fluent]
    return chance.choices(able or fluent, shares)[0]
