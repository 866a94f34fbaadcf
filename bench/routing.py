"""How fairly and how soon work is given out, and how fast the desk does it.

    .venv/bin/python -m bench.routing              simulator with 20 seeds, and 2,000 conversations given; a minute
    .venv/bin/python -m bench.routing --quick      5 seeds, 500 conversations

The simulator's figures depend on nothing but the seeds. The others are of a real database on this machine, with
nobody else at work. Exits with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.figures import Figure, figures_table
from bench.search import desk
from triage.simulating import POLICIES, World, generating
from triage.simulating.comparing import Comparison, as_text, compare

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TARGET = 5.0  # minutes
LOADS = (25, 35, 45)  # arrivals an hour, for 20 agents: easy, usual, too much at noon
CAPACITY = 8
SINGLE = 50


def simulate(seeds: int) -> list[Figure]:
    figures: list[Figure] = []
    for load in LOADS:

        def world_of(seed: int, load: int = load) -> World:
            days = generating.DAYS
            return World(generating.arrivals(days, load, seed), generating.staff(generating.AGENTS, days + 1, seed))

        found = compare(world_of, POLICIES, seeds=range(seeds), target=TARGET)
        print(f"\n{load} arrivals an hour, 20 agents, a week, {seeds} seeds\n\n{as_text(found)}", flush=True)
        figures += _promises(found, load)
    return figures


def _promises(found: Comparison, load: int) -> list[Figure]:
    """The lower end of the gain in fairness is above 0, that of the loss in waiting is not."""
    figures = []
    for name, less in found.against.items():
        jain, wait = less["jain"], less["wait_p90"]
        figures += [
            Figure(
                f"{load}/h: fairer than {name} by at least (Jain, ‰)",
                (jain.mean - jain.interval) * 1000,
                target=0,
                at_most=False,
            ),
            Figure(f"{load}/h: p90 longer than {name} by at least", (wait.mean - wait.interval), "min", 0),
        ]
    return figures


def fill(conversations: int, agents: int) -> None:
    """Agents who are there, and conversations of one team that wait for them."""
    from conversations.models import Conversation, Part, Touchpoint
    from people.models import Agent, Availability, Customer, Team
    from triage.models import Desk, TeamRouting

    Desk.objects.update_or_create(pk=1, defaults={"mode": Desk.Mode.ON})
    team, _ = Team.objects.get_or_create(name="Front")
    TeamRouting.objects.get_or_create(team=team, defaults={"assigns": True})
    site, _ = Touchpoint.objects.get_or_create(key="bench", defaults={"name": "Bench"})
    staff = [
        Agent(
            email=f"{uuid.uuid4()}@bench.example",
            name=f"Agent {number}",
            availability=Availability.ONLINE,
            available_since=NOW,
            capacity=CAPACITY,
            languages=["en"],
        )
        for number in range(agents)
    ]
    team.agents.add(*Agent.objects.bulk_create(staff))
    customers = Customer.objects.bulk_create(Customer(name="Bea", language="en") for _ in range(conversations))
    waiting = Conversation.objects.bulk_create(
        Conversation(
            customer=who,
            touchpoint=site,
            team=team,
            priority=1 + number % 4,
            waiting_since=NOW - timedelta(seconds=number),
            snippet="Where is my order?",
            snippet_by="customer",
            last_number=1,
            last_public_number=1,
            created_at=NOW,
            last_part_at=NOW,
        )
        for number, who in enumerate(customers)
    )
    Part.objects.bulk_create(
        Part(
            id=uuid.uuid4(),
            conversation=each,
            number=1,
            public_number=1,
            kind="message",
            author_kind="customer",
            body="Where is my order?",
            created_at=NOW,
        )
        for each in waiting
    )


def measure(conversations: int) -> list[Figure]:
    from django.db import connection

    from people.models import Agent
    from triage.actions.routing import drain

    fill(conversations, conversations // CAPACITY)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    seconds = _timed(lambda: drain(NOW))
    fill(1, 0)
    full = [_timed(lambda: drain(NOW)) for _ in range(20)]
    single = []
    for _ in range(SINGLE):
        fill(1, 0)
        Agent.objects.filter(pk=Agent.objects.order_by("?").values("pk")[:1]).update(capacity=99)
        single.append(_timed(lambda: drain(NOW)))
    idle = [_timed(lambda: drain(NOW)) for _ in range(50)]
    people = f"{conversations // CAPACITY} agents in the team"
    return [
        Figure("conversations given", conversations / seconds, "/s", 100, at_most=False, remark=people),
        Figure("one conversation, one free agent (median)", median(single) * 1000, "ms", 100, remark=people),
        Figure("something waits and nobody has room (median)", median(full) * 1000, "ms", 50, remark=people),
        Figure("nothing waits (median)", median(idle) * 1000, "ms", 10),
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int)
    given = parser.parse_args()
    figures = simulate(given.seeds or (5 if given.quick else 20))
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as directory:
        Path(directory).chmod(0o711)  # the engines' user passes through
        with desk(directory):
            figures += measure(500 if given.quick else 2000)
    print(f"\n{figures_table(figures)}")
    return 0 if all(each.is_kept for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
