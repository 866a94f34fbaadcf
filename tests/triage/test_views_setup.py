"""The managers' pages: who may open them, and what settings they keep and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations import actions as verbs
from people.models import Agent, Role
from tests.conversations import desk
from tests.triage.pages import shown, signed_in
from tests.triage.verdicts import topic
from triage.actions import configuring, taxonomy
from triage.actions.taxonomy import TopicFacts
from triage.errors import ManagersOnly
from triage.models import Case, Desk, TeamRouting

pytestmark = pytest.mark.django_db
PAGES = [
    ("GET", "/triage/topics/"),
    ("GET", "/triage/topics/new/"),
    ("POST", "/triage/topics/new/"),
    ("POST", "/triage/topics/starter/"),
    ("GET", "/triage/topics/none/"),
    ("POST", "/triage/topics/none/examples/"),
    ("POST", "/triage/topics/none/examples/removal/"),
    ("GET", "/triage/topics/{topic}/"),
    ("POST", "/triage/topics/{topic}/"),
    ("POST", "/triage/topics/{topic}/examples/"),
    ("POST", "/triage/topics/{topic}/examples/removal/"),
    ("GET", "/triage/settings/"),
    ("POST", "/triage/settings/"),
    ("GET", "/triage/settings/teams/{team}/"),
    ("POST", "/triage/settings/teams/{team}/"),
]
SETTINGS = {"mode": "on", "pipeline": "light", "retrains": "on", "threshold": "80", "languages": ["sv", "id"]}


@pytest.fixture
def client(anna: Agent) -> Client:
    return signed_in(anna)


# Who may


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_managers_and_admins_only(method: str, path: str) -> None:
    address = path.format(topic=topic().pk, team=desk.team().pk)
    answers = {}
    for role in Role:
        visitor = Client()
        visitor.force_login(desk.agent(role=role))
        answers[role] = visitor.generic(method, address).status_code
    assert answers[Role.AGENT] == 403
    assert answers[Role.MANAGER] == answers[Role.ADMIN]
    assert answers[Role.MANAGER] in (200, 302, 422)
    stranger = Client().generic(method, address)
    assert stranger.headers["Location"].startswith("/login/")


def test_the_verbs_themselves_ask_who_it_is(anna: Agent) -> None:
    jonas, refund, team = desk.agent(), topic(), desk.team()
    for refused in (
        lambda: taxonomy.create_topic(TopicFacts("X"), by=jonas),
        lambda: taxonomy.change_topic(refund, TopicFacts("X"), by=jonas),
        lambda: taxonomy.add_examples(refund, ["x"], by=jonas, now=desk.NOON),
        lambda: taxonomy.remove_examples(refund, [1], by=jonas),
        lambda: configuring.configure(configuring.DeskFacts("on"), by=jonas, now=desk.NOON),
        lambda: configuring.configure_team(team, configuring.TeamFacts(), by=jonas),
    ):
        with pytest.raises(ManagersOnly):
            refused()
    assert Desk.current().mode == Desk.Mode.OFF


@pytest.mark.parametrize("role", list(Role))
def test_the_way_there_is_shown_to_those_who_may_go(role: Role) -> None:
    visitor = Client()
    visitor.force_login(desk.agent(role=role))
    assert ('href="/triage/"' in shown(visitor.get("/inbox/all/"))) == (role != Role.AGENT)


@pytest.mark.parametrize(
    "path", ["/triage/topics/9999/", "/triage/settings/teams/9999/", "/triage/topics/9999/examples/"]
)
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.post(path).status_code == 404


# Settings


def test_settings_are_kept(client: Client) -> None:
    team = desk.team()
    desk.customer(plan="Pro")
    desk.customer(plan="free")
    answer = client.post("/triage/settings/", {**SETTINGS, "triage_team": team.pk, "plan-1": "0.75", "plan-0": "0.0"})
    assert answer.headers["Location"] == "/triage/settings/"
    kept = Desk.current()
    assert (kept.mode, kept.threshold, kept.triage_team, kept.pipeline) == ("on", 0.8, team, "light")
    assert (kept.languages, kept.plans, kept.retrains) == (["sv", "id"], {"Pro": 0.75}, True)
    said = " ".join(shown(client.get("/triage/settings/")).split())
    assert 'value="80"' in said
    assert '<option value="0.75" selected>' in said
    assert 'value="sv" id="id_languages' in said
    client.post("/triage/settings/", {"mode": "off", "pipeline": "full"})
    kept = Desk.current()
    assert (kept.mode, kept.threshold, kept.triage_team, kept.languages) == ("off", None, None, [])
    assert (kept.plans, kept.retrains, kept.pipeline) == ({}, False, "full")


BAD_SETTINGS = [
    ({"mode": "maybe"}, "id_mode_error"),
    ({"mode": ""}, "id_mode_error"),
    ({"threshold": "120"}, "Write a whole number of percent from 1 to 99."),
    ({"threshold": "0.5"}, "Write a whole number of percent from 1 to 99."),
    ({"languages": ["xx"]}, "id_languages_error"),
    ({"triage_team": "9999"}, "id_triage_team_error"),
    ({"pipeline": "huge"}, "id_pipeline_error"),
    ({"plan-0": "7"}, "id_plan-0_error"),
    ({"plan-0": "much"}, "id_plan-0_error"),
]


@pytest.mark.parametrize(("fields", "problem"), BAD_SETTINGS)
def test_settings_that_cannot_be(client: Client, fields: dict[str, Any], problem: str) -> None:
    desk.customer(plan="pro")
    said = shown(client.post("/triage/settings/", {**SETTINGS, **fields}), 422)
    assert problem in said
    assert not Desk.objects.exists()


def test_switching_on_reads_what_is_open(anna: Agent) -> None:
    desk.waiting()
    done = desk.waiting()
    verbs.close(done, by=anna, now=desk.NOON)
    configuring.configure(configuring.DeskFacts("shadow"), by=anna, now=desk.LATER)
    first = Case.objects.get()
    Case.objects.update(read_number=first.due_number)
    configuring.configure(configuring.DeskFacts("on"), by=anna, now=desk.LATER)
    assert Case.objects.get().read_number == first.due_number, "it was read already"


def test_a_team_takes_its_work_as_told(client: Client) -> None:
    team = desk.team("Billing")
    address = f"/triage/settings/teams/{team.pk}/"
    sent = {"assigns": "on", "limit": "3", "patience": "0", "escalates_after": "30", "plans": "pro, , business,pro "}
    assert client.post(address, sent).headers["Location"] == "/triage/settings/"
    kept = TeamRouting.objects.get()
    assert (kept.assigns, kept.limit, kept.patience, kept.escalates_after) == (True, 3, 0, 30)
    assert kept.plans == ["pro", "business"]
    said = " ".join(shown(client.get("/triage/settings/")).split())
    assert "Assigns by itself · at most 3 open · goes up after 30 min" in said
    assert 'value="pro, business"' in shown(client.get(address))
    client.post(address, {"patience": "5"})
    kept.refresh_from_db()
    assert (kept.assigns, kept.limit, kept.escalates_after, kept.plans) == (False, None, None, [])


BAD_TEAMS = [
    ({"limit": "0"}, "Write a whole number from 1 to 500."),
    ({"limit": "501"}, "Write a whole number from 1 to 500."),
    ({"limit": "many"}, "Write a whole number from 1 to 500."),
    ({"patience": ""}, "id_patience_error"),
    ({"patience": "-1"}, "Write a whole number from 0 to 10080."),
    ({"escalates_after": "10081"}, "Write a whole number from 1 to 10080."),
    ({"plans": "x" * 501}, "at most 500 characters (it has 501)"),
]


@pytest.mark.parametrize(("fields", "problem"), BAD_TEAMS)
def test_what_a_team_cannot_be_told(client: Client, fields: dict[str, str], problem: str) -> None:
    team = desk.team()
    said = shown(client.post(f"/triage/settings/teams/{team.pk}/", {"patience": "10", **fields}), 422)
    assert problem in said
    assert not TeamRouting.objects.exists()
