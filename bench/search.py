"""Fill an empty desk with a great many messages and measure what searching them takes.

    .venv/bin/python -m bench.search                    100,000 messages, about a minute
    .venv/bin/python -m bench.search --parts 1000000    a million

Words are drawn as people use them: the commonest stands in every second message, most stand in a handful. Every query
is asked by a manager, who sees everything, by an agent of two teams out of twenty, and by one who sees a hundred
conversations. Exits with 1 when one takes longer than 300 ms (p95).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import table
from helpdesk import environment
from helpdesk.engines import Engines
from helpdesk.state import State

if TYPE_CHECKING:
    from people.models import Agent

LIMIT = 300.0  # milliseconds
ROUNDS = 20
BATCH = 50_000
INDEXED = 2_000
TEAMS, OWN_TEAMS = 20, 2
VOCABULARY = 60_000
SYLLABLES = (
    "ba",
    "re",
    "fun",
    "di",
    "to",
    "mar",
    "le",
    "so",
    "ki",
    "nu",
    "pa",
    "ter",
    "vo",
    "shi",
    "ord",
    "er",
    "al",
    "chi",
)

FILL = """
INSERT INTO conversations_part (id, conversation_id, number, public_number, kind, author_kind, fingerprint, body, event,
                                data, created_at)
SELECT (lpad(to_hex(1700000000000 + n * 60000::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
        || '8' || substr(md5(n::text), 4, 15))::uuid,
       %(first)s + n / 1000 * 100 + n %% 100, n %% 1000 / 100 + 1, n %% 1000 / 100 + 1, 'message', 'customer', '',
       string_agg(word, ' '), '', '{}', to_timestamp(1700000000 + n * 60)
FROM (
    SELECT n, floor(exp(random() * ln(%(vocabulary)s)))::int AS rank
    FROM generate_series(%(start)s, %(stop)s) AS n, generate_series(1, 5 + n * 19 %% 31) OFFSET 0
) AS drawn JOIN bench_word USING (rank) GROUP BY n
"""
CONVERSATIONS = """
INSERT INTO conversations_conversation (public_id, customer_id, touchpoint_id, state, team_id, priority, attributes,
    subject, snippet, snippet_by, last_number, last_public_number, customer_read, agents_read, created_at, last_part_at)
SELECT gen_random_uuid(), %(customer)s + n / 2, %(site)s, 'closed', %(team)s + n %% %(teams)s, 2, '{}',
    '', '', '', 10, 10, 0, 0, now(), to_timestamp(1700000000 + n * 600)
FROM generate_series(0, %(count)s - 1) AS n RETURNING id
"""
CUSTOMERS = """
INSERT INTO people_customer (public_id, verified, name, plan, language, time_zone, country, attributes, page,
    created_at)
SELECT gen_random_uuid(), false, initcap(a.word) || ' ' || initcap(b.word), '', '', '', '', '{}', '{}',
    now()
FROM generate_series(0, %(count)s - 1) AS n
JOIN bench_word a ON a.rank = 1000 + n %% 4999 JOIN bench_word b ON b.rank = 1000 + n * 31 %% 4993
RETURNING id
"""


def word(rank: int) -> str:
    """A word that can be spoken, another for each rank."""
    number, parts = rank + 19, []
    while number:
        number, last = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[last])
    return "".join(parts)


QUERIES = {
    "the commonest word": word(1),
    "the 30th": word(30),
    "the 1,000th": word(1000),
    "the 20,000th": word(20_000),
    "two common words": f"{word(2)} {word(3)}",
    "a common and a rare one": f"{word(1)} {word(5000)}",
    "two rare ones": f"{word(2000)} {word(3000)}",
    "words begun": f"{word(4)} {word(700)[:3]}",
    "phrase": f'"{word(1)} {word(2)}"',
    "one without the other": f"{word(40)} -{word(1)}",
    "misspelt": word(30)[1] + word(30)[0] + word(30)[2:] + " ",
    "misspelt and rare": word(3000)[:-3] + word(3000)[-2] + word(3000)[-3] + word(3000)[-1] + " ",
    "unknown": "qqqqwwwwzzzz",
    "reference": "#4821",
    "signs": "(a+)+$ % _",
}


@contextmanager
def desk(directory: str) -> Iterator[None]:
    """Engines of our own with an empty, migrated database, and Django set up for them."""
    state = State(Path(directory))
    engines = Engines(state, environment.load({}))
    engines.start()
    try:
        os.environ |= {
            "PARLEY_STATE": directory,
            "PARLEY_STATEMENT_TIMEOUT": "0",
            "DATABASE_URL": engines.addresses.database_url,
            "REDIS_URL": engines.addresses.redis_url,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        engines.stop()


def fill(parts: int) -> dict[str, Agent]:
    """A desk with that many messages; those who will search it."""
    from django.db import connection

    from conversations.models import Conversation, Touchpoint
    from people.models import Agent, Role, Team

    teams = [Team.objects.create(name=f"Team {number}") for number in range(TEAMS)]
    site = Touchpoint.objects.create(name="Bench")
    manager = Agent.objects.create_user("manager@bench.example", None, name="Manager", role=Role.MANAGER)
    agent = Agent.objects.create_user("agent@bench.example", None, name="Agent")
    agent.teams.set(teams[:OWN_TEAMS])
    newcomer = Agent.objects.create_user("new@bench.example", None, name="Newcomer")
    newcomer.teams.set([Team.objects.create(name="Small team")])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_word (rank int PRIMARY KEY, word text)")
        ranks = list(range(VOCABULARY + 1))
        cursor.execute(
            "INSERT INTO bench_word SELECT * FROM unnest(%s::int[], %s::text[])",
            [ranks, [word(rank) for rank in ranks]],
        )
        cursor.execute(CUSTOMERS, {"count": parts // 20 + 100})
        customer = min(row[0] for row in cursor.fetchall())
        given = {"customer": customer, "site": site.pk, "team": teams[0].pk, "teams": TEAMS, "count": parts // 10 + 100}
        cursor.execute(CONVERSATIONS, given)
        keys = sorted(row[0] for row in cursor.fetchall())
        few = Conversation.objects.filter(pk__in=keys[:: len(keys) // 100])
        few.update(team=newcomer.teams.get())
        for start in range(0, parts, BATCH):
            stop = min(start + BATCH, parts) - 1
            cursor.execute(FILL, {"first": keys[0], "vocabulary": VOCABULARY, "start": start, "stop": stop})
            say(f"written {stop + 1:,} of {parts:,}")
    return {"manager": manager, "agent of 2 teams in 20": agent, "agent who sees 100 conversations": newcomer}


def index_all(parts: int) -> float:
    """Index everything as the relay does, batch by batch; parts a second."""
    from django.db import connection

    from conversations import search

    began, done, last = time.perf_counter(), 0, None
    while batch := search.missing(last, INDEXED):
        search.index(batch)
        done, last = done + len(batch), batch[-1]
        say(f"indexed {done:,} of {parts:,}")
    rate = done / (time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return rate


def measure(ask: Callable[[], object]) -> list[float]:
    """Milliseconds of each round, after one to warm up."""
    ask()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times


def rows(reader: Agent) -> Iterator[tuple[list[str], float]]:
    """A line for each query, and its p95."""
    from conversations.search import search

    for name, text in QUERIES.items():
        page = search(reader, text)
        times = measure(lambda text=text: search(reader, text))  # type: ignore[misc]
        more = measure(lambda text=text, page=page: search(reader, text, page.next)) if page.next else []  # type: ignore[misc]
        slowest = max(percentile(each, 95) for each in (times, more) if each)
        yield [name, *shown(times), *(shown(more) if more else ["", ""]), str(len(page.results))], slowest


def shown(times: list[float]) -> list[str]:
    return [f"{statistics.median(times):.0f}", f"{percentile(times, 95):.0f}"]


def percentile(times: list[float], share: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]


def say(text: str) -> None:
    """Progress, on one line."""
    if sys.stderr.isatty():
        print(f"\r{text}", end="\r", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=int, default=100_000, metavar="N", help="messages (default: %(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-search-") as directory, desk(directory):
        readers = fill(given.parts)
        rate = index_all(given.parts)
        print(f"{given.parts:,} messages; indexed {rate:,.0f} a second")
        worst = 0.0
        for name, reader in readers.items():
            lines = list(rows(reader))
            worst = max(worst, *(p95 for _, p95 in lines))
            print(f"\n{name}, ms")
            print(table(["query", "p50", "p95", "page 2 p50", "p95", "found"], [line for line, _ in lines]))
        print(f"\nslowest p95 {worst:.0f} ms, limit {LIMIT:.0f} ms")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
