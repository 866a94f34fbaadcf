"""`manage.py routing_simulate`, which needs no database, and the desk's last month, which is one."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from people.models import Agent
from tests.conversations.desk import NOON, conversation, customer, replies, says
from tests.triage.routing import giving_team, present
from triage import replay
from triage.simulating.reading import BadTable, Clock, read_arrivals, read_staff
from triage.simulating.world import DAY, HOUR

ARRIVALS = "time,priority,language,team,handling\n2026-03-04T09:00,urgent,sv,billing,10\n2026-03-04T08:30,,,billing,\n"
AGENTS = """name,from,until,days,languages,capacity,teams
Ada,08:00,12:00,mon wed,en sv,4,billing
Ada,13:00,17:00,,,,
Bo,22:00,06:00,fri,,,billing;front
Cy,2026-03-02T08:00,2026-03-02T09:00,,,2,
"""


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("routing_simulate", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "arrivals.csv").write_text(ARRIVALS)
    (tmp_path / "agents.csv").write_text(AGENTS)
    return tmp_path


def test_an_invented_week_is_told_as_a_table_and_as_json() -> None:
    options = ("--days", "1", "--per-hour", "10", "--agents", "6", "--runs", "2")
    text = said(*options)
    assert "round_robin" in text
    assert "Jain fairness" in text
    assert "ours less fewest_open: wait_p90" in text
    found = told(*options)
    assert list(found["policies"]) == ["round_robin", "fewest_open", "ours"]
    assert (found["agents"], found["runs"], found["target_minutes"]) == (6, 2, 5)
    assert set(found["ours_less"]) == {"round_robin", "fewest_open"}
    assert 0 < found["policies"]["ours"]["jain"]["mean"] <= 1
    assert found == told(*options)
    assert found != told(*options, "--seed", "7")


def test_tables_are_played(tables: Path) -> None:
    found = told("--arrivals", f"{tables}/arrivals.csv", "--agents", f"{tables}/agents.csv", "--policies", "ours")
    assert (found["arrivals"], found["agents"], found["ours_less"]) == (2, 3, {})
    assert found["policies"]["ours"]["unserved"]["mean"] == 0
    assert told("--arrivals", f"{tables}/arrivals.csv", "--agents", "7", "--runs", "1")["agents"] == 7


def test_what_the_tables_say(tables: Path) -> None:
    clock = Clock()
    late, early = read_arrivals(tables / "arrivals.csv", clock)[::-1]
    assert (early.at, early.handling, early.priority) == (2 * DAY + 8.5 * HOUR, 12, 2)
    assert (late.at, late.handling, late.priority, late.language, late.team) == (
        2 * DAY + 9 * HOUR,
        10,
        4,
        "sv",
        "billing",
    )
    ada, bo, cy = read_staff(tables / "agents.csv", clock, 3 * DAY)
    assert ada.shifts[:2] == ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
    assert [round(since / HOUR) for since, _ in ada.shifts] == [8, 13, 37, 56, 61]
    assert (set(ada.languages), ada.capacity, ada.teams) == ({"en", "sv"}, 4, ("billing",))
    assert (bo.shifts, bo.teams) == ((), ("billing", "front"))
    assert (cy.shifts, cy.capacity) == (((8 * HOUR, 9 * HOUR),), 2)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("", "column 'time' is not in arrivals.csv; it has none"),
        ("when\n1\n", "column 'time' is not in arrivals.csv; it has when"),
        ("time\n", "has no rows"),
        ("time\nsoon\n", "row 1: 'soon' is neither a time such as 2026-03-02T09:30 nor minutes"),
        ("time\nnan\n", "row 1: 'nan' is neither a time"),
        ("time,priority\n1,asap\n", "row 1: priority 'asap' is none of low, normal, high, urgent"),
        ("time,handling\n1,2\n1,-2\n", "row 2: handling is -2, and may be 0 to 100000"),
        ("time,handling\n1,long\n", "row 1: handling 'long' is no number"),
        ("time\n2026-03-02T09:00\n2026-03-02T09:00Z\n", "row 2: some times have a zone and some have none"),
        ("time\n1\n999999\n", "spans more than 366 days"),
    ],
)
def test_a_table_that_cannot_be_played_says_why(tmp_path: Path, table: str, problem: str) -> None:
    (tmp_path / "arrivals.csv").write_text(table)
    with pytest.raises(CommandError, match=problem) as refused:
        said("--arrivals", str(tmp_path / "arrivals.csv"))
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ada,25:00,26:00,,,,", "'25:00' is no time of the day"),
        ("Ada,09:00,10:00,someday,,,", "'someday' is none of mon, tue"),
        ("Ada,90,60,,,,", "the shift ends before it begins"),
        ("Ada,1,2,,,many,", "capacity 'many' is no number"),
    ],
)
def test_staff_that_cannot_be_played_says_why(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "agents.csv").write_text(f"{AGENTS.partition(chr(10))[0]}\n{row}\n")
    with pytest.raises(BadTable, match=problem):
        read_staff(tmp_path / "agents.csv", Clock(), DAY)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--policies", "luck"], "There is no policy 'luck'"),
        (["--runs", "0"], "--runs is 0, and may be 1 to 200"),
        (["--days", "nan"], "--days is nan, and may be 0.01 to 366"),
        (["--days", "366", "--per-hour", "5000"], "may be 1,000,000 at most"),
        (["--agents", "0"], "--agents is 0, and may be 1 to 1000, or a file"),
        (["--agents", "nowhere.csv"], "nowhere.csv cannot be read: No such file"),
    ],
)
def test_senseless_options_are_refused(arguments: list[str], problem: str) -> None:
    with pytest.raises(CommandError, match=problem) as refused:
        said("--runs", "1", *arguments)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_the_desks_last_month() -> None:
    front = giving_team("Front", limit=3, patience=7)
    ada = present("Ada", front, languages=["sv"], capacity=4)
    present("Bo", front)
    where = conversation(whose=customer(language="sv"), team=front, priority=4)
    says(where, "Where is it?")
    replies(where, ada, "On its way", now=NOON + timedelta(minutes=3))
    replies(where, ada, "It arrives today", now=NOON + timedelta(hours=2))
    conversation(at=NOON - timedelta(days=40))
    world = replay.last_month(NOON + timedelta(days=1))
    (arrival,) = world.arrivals
    assert (arrival.handling, arrival.priority, arrival.language, arrival.team) == (8, 4, "sv", "Front")
    (colleague,) = world.agents
    assert (colleague.name, colleague.capacity, colleague.teams) == ("Ada", 4, ("", "Front"))
    assert [until - since for since, until in colleague.shifts] == [3 * HOUR]
    assert colleague.shifts[0][0] == arrival.at
    assert (world.rules["Front"].limit, world.rules["Front"].patience) == (3, 420)
    with pytest.raises(BadTable, match="Nobody asked"):
        replay.last_month(NOON + timedelta(days=99))
    assert Agent.objects.count() == 2
