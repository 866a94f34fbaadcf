"""The managers' pages of topics: what they change, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from conversations.errors import TextRefused
from conversations.models import Topic
from people.models import Agent
from tests.conversations import desk
from tests.triage.pages import shown, signed_in
from tests.triage.verdicts import topic
from triage.actions import taxonomy
from triage.actions.importing.working import LONGEST
from triage.actions.taxonomy import MOST_AT_ONCE, TopicFacts
from triage.models import Correction, Example, TopicProfile

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def client(anna: Agent) -> Client:
    return signed_in(anna)


# Topics


def test_the_list_counts_examples_and_corrections(client: Client, anna: Agent) -> None:
    billing = desk.team("Billing")
    refund, delivery = topic(team=billing, priority=3, tier=2), topic("Delivery", is_active=False)
    topic("Nothing to learn from")
    taxonomy.add_examples(refund, ["a", "b", "c"], by=anna, now=desk.NOON)
    taxonomy.add_examples(None, ["weather"], by=anna, now=desk.NOON)
    for about in (refund, refund, delivery):
        where = desk.waiting()
        Correction.objects.create(conversation=where, field="topic", topic=about, created_at=desk.NOON)
    said = " ".join(shown(client.get("/triage/topics/")).split())
    row = said.partition(">Refund</a>")[2].partition("</tr>")[0]
    assert "Billing" in row
    assert "Specialist" in row
    assert "High" in row
    assert ">3</td>" in row
    assert ">2</td>" in row
    assert "Not given" in said
    assert "1 topic has no examples yet" in said


def test_many_topics_cost_no_more_queries(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/triage/topics/")
        return len(asked)

    topic(team=desk.team())
    few = queries()
    for n in range(30):
        topic(f"Topic {n}", team=desk.team())
    assert queries() == few <= 6


def test_create_and_change(client: Client) -> None:
    billing = desk.team("Billing")
    fields = {"name": "  Refund ", "description": "Money\nback", "team": billing.pk, "priority": "3", "tier": "2"}
    answer = client.post("/triage/topics/new/", {**fields, "threshold": "85", "is_active": "on"})
    made = Topic.objects.get()
    assert answer.headers["Location"] == f"/triage/topics/{made.pk}/"
    profile = TopicProfile.objects.get()
    assert (made.name, made.description, profile.team, profile.priority) == ("Refund", "Money\nback", billing, 3)
    assert (profile.tier, profile.threshold, profile.is_active) == (2, 0.85, True)
    page = shown(client.get(f"/triage/topics/{made.pk}/"))
    assert 'value="85"' in page
    client.post(f"/triage/topics/{made.pk}/", {"name": "Money back", "tier": "1"})
    profile.refresh_from_db()
    assert (profile.topic.name, profile.team, profile.priority) == ("Money back", None, None)
    assert (profile.threshold, profile.is_active) == (None, False)


BAD_TOPICS = [
    ({"name": ""}, "id_name_error"),
    ({"name": "\u200e\u200f"}, "A topic needs a name."),
    ({"name": "x" * 81}, "at most 80 characters (it has 81)"),
    ({"name": "DELIVERY"}, "There is a topic “DELIVERY” already."),
    ({"name": "x\0y"}, "Null characters are not allowed"),
    ({"description": "x" * 2001}, "at most 2000 characters (it has 2001)"),
    ({"description": "x\x07"}, "The text holds control characters; remove them."),
    ({"threshold": "0"}, "Write a whole number of percent from 1 to 99."),
    ({"threshold": "100"}, "Write a whole number of percent from 1 to 99."),
    ({"threshold": "half"}, "Write a whole number of percent from 1 to 99."),
    ({"team": "9999"}, "id_team_error"),
    ({"priority": "5"}, "id_priority_error"),
    ({"tier": "0"}, "id_tier_error"),
]


@pytest.mark.parametrize(("fields", "problem"), BAD_TOPICS)
def test_what_a_topic_cannot_be(client: Client, fields: dict[str, str], problem: str) -> None:
    topic("Delivery")
    refund = topic("Refund")
    sent = {"name": "Refund", "tier": "1", "description": "kept", **fields}
    said = shown(client.post(f"/triage/topics/{refund.pk}/", sent), 422)
    assert problem in said
    assert 'aria-invalid="true"' in said
    assert "Nothing is saved yet" in said
    assert f"<h1>{refund.name}</h1>" in said
    refund.refresh_from_db()
    assert (refund.name, refund.description) == ("Refund", "")


def test_hostile_names_stay_text(client: Client, anna: Agent) -> None:
    bad = topic(HOSTILE, team=desk.team(HOSTILE))
    taxonomy.add_examples(bad, [HOSTILE], by=anna, now=desk.NOON)
    for path in ("/triage/topics/", f"/triage/topics/{bad.pk}/", "/triage/settings/"):
        said = shown(client.get(path))
        assert HOSTILE not in said
        assert "&lt;img" in said


@pytest.fixture
def models(tmp_path: Path, settings: Settings) -> Path:
    """Where the models of this test lie."""
    settings.MODELS_ROOT = tmp_path
    return tmp_path


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(("language", "name"), [("en", "Password"), ("sv", "Lösenord")])
def test_one_click_brings_the_topics_one_starts_with(client: Client, language: str, name: str) -> None:
    mine = topic("Ours alone")
    offer = 'action="/triage/topics/starter/"'
    assert offer in shown(client.get("/triage/topics/"))
    said = shown(client.post("/triage/topics/starter/", follow=True, headers={"accept-language": language}))
    assert offer not in said
    assert Topic.objects.count() > 20
    assert Example.objects.filter(source=Example.Source.STARTER).count() > 200
    assert name in said
    assert mine.name in said
    before = Topic.objects.count(), Example.objects.count()
    client.post("/triage/topics/starter/")
    assert (Topic.objects.count(), Example.objects.count()) == before


# Examples


def test_examples_are_kept_once_and_moved_by_whoever_says_so(client: Client) -> None:
    refund, delivery = topic(), topic("Delivery")
    typed = "wheres my money\n\n  wheres my money  \r\nRefund pls"
    client.post(f"/triage/topics/{refund.pk}/examples/", {"examples": typed})
    assert sorted(refund.examples.values_list("text", flat=True)) == ["Refund pls", "wheres my money"]
    answer = client.post(f"/triage/topics/{refund.pk}/examples/", {"examples": "Refund pls\nnew one"}, follow=True)
    assert "1 example added. 1 was here already." in shown(answer)
    answer = client.post(f"/triage/topics/{delivery.pk}/examples/", {"examples": "Refund pls"}, follow=True)
    assert "1 moved here from another topic." in shown(answer)
    assert delivery.examples.get().source == Example.Source.TYPED
    client.post("/triage/topics/none/examples/", {"examples": "nice weather"})
    assert Example.objects.get(topic=None).text == "nice weather"
    assert "nice weather" in shown(client.get("/triage/topics/none/"))


BAD_EXAMPLES = [
    ("", "Write at least one example, each on a line of its own."),
    (" \n \n", "Write at least one example, each on a line of its own."),
    ("fine\n" + "x" * (LONGEST + 1), f"Example 2: {LONGEST + 1:,} characters; the limit is {LONGEST:,}."),
    ("fine\nbad\x07", "Example 2: The text holds control characters; remove them."),
    ("fine\n\u200b", "Example 2: Write something first."),
    ("\n".join(f"number {n}" for n in range(MOST_AT_ONCE + 1)), f"{MOST_AT_ONCE + 1} examples; at most {MOST_AT_ONCE}"),
    ("a\0b", "Null characters are not allowed"),
]


@pytest.mark.parametrize(("typed", "problem"), BAD_EXAMPLES)
def test_examples_that_cannot_be_kept_keep_none(client: Client, typed: str, problem: str) -> None:
    refund = topic()
    said = shown(client.post(f"/triage/topics/{refund.pk}/examples/", {"examples": typed}), 422)
    assert problem in said
    assert not Example.objects.exists()
    assert "Save topic" in said, "the whole page comes back"


def test_only_ticked_examples_of_this_topic_go(client: Client, anna: Agent) -> None:
    refund, delivery = topic(), topic("Delivery")
    taxonomy.add_examples(refund, ["a", "b"], by=anna, now=desk.NOON)
    taxonomy.add_examples(delivery, ["c"], by=anna, now=desk.NOON)
    keys = {each.text: each.pk for each in Example.objects.all()}
    ticked = [keys["a"], keys["c"], "x", "²", str(10**30), "-1"]
    answer = client.post(f"/triage/topics/{refund.pk}/examples/removal/", {"example": ticked}, follow=True)
    assert "1 example removed." in shown(answer)
    assert sorted(Example.objects.values_list("text", flat=True)) == ["b", "c"]


def test_examples_come_in_pages(client: Client, anna: Agent) -> None:
    refund = topic()
    taxonomy.add_examples(refund, [f"number {n}" for n in range(120)], by=anna, now=desk.NOON)
    first = shown(client.get(f"/triage/topics/{refund.pk}/"))
    assert first.count('name="example"') == 50
    assert "?page=2" in first
    assert shown(client.get(f"/triage/topics/{refund.pk}/?page=3")).count('name="example"') == 20
    assert shown(client.get(f"/triage/topics/{refund.pk}/?page=x")).count('name="example"') == 50


def test_two_managers_type_the_same_example(anna: Agent) -> None:
    refund = topic()
    first = taxonomy.add_examples(refund, ["same"], by=anna, now=desk.NOON)
    again = taxonomy.add_examples(refund, ["same"], by=anna, now=desk.NOON)
    assert (first.kept, again.kept, again.known) == (1, 0, 1)


def test_a_name_is_taken_whatever_its_case(anna: Agent) -> None:
    topic("Refund")
    with pytest.raises(TextRefused) as refused:
        taxonomy.create_topic(TopicFacts("refund"), by=anna)
    assert (refused.value.code, refused.value.field) == ("name_taken", "name")
