"""Each of the inbox's addresses does what its name says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations import actions
from conversations.models import Status, Topic
from people.models import Agent, AttributeDefinition
from tests.conversations import desk
from tests.conversations.inboxing import address, asking

pytestmark = pytest.mark.django_db


def test_states_and_people(ask: Any, anna: Agent) -> None:
    jonas, billing = desk.agent("Jonas Pohl"), desk.team("Billing")
    conversation = desk.conversation()
    desk.says(conversation, "where is it?")

    def done(method: str, noun: str, **body: Any) -> Any:
        status, answer = ask(method, address(conversation, noun), body)
        assert status == 200, answer
        return answer["row"]

    assert done("POST", "claim/")["assignee"] == {"id": str(anna.pk), "name": "Anna Berg"}
    assert done("POST", "assignment/", to=str(jonas.pk))["assignee"]["name"] == "Jonas Pohl"
    assert done("POST", "assignment/", to=None)["assignee"] is None
    assert done("POST", "team/", to=str(billing.pk))["team"]["name"] == "Billing"
    assert done("POST", "priority/", priority="urgent")["priority"] == "urgent"
    assert done("POST", "tags/", names=["vip", "late"])["tags"] == ["late", "vip"]
    assert done("DELETE", "tags/", names=["vip"])["tags"] == ["late"]
    topic, status = Topic.objects.create(name="Refund"), Status.objects.create(name="With the courier", state="snoozed")
    assert done("POST", "topic/", topic=str(topic.pk))["topic"]["name"] == "Refund"
    assert done("POST", "status/", status=str(status.pk))["state"] == "snoozed"
    until = (timezone.now() + timedelta(days=1)).isoformat()
    assert done("POST", "snooze/", until=until)["state"] == "snoozed"
    assert done("DELETE", "snooze/")["state"] == "open"
    assert done("POST", "closure/", why="answered")["state"] == "closed"
    assert done("DELETE", "closure/")["state"] == "open"
    assert done("POST", "follow/")["following"] is True
    assert done("DELETE", "follow/")["following"] is False


def test_the_slower_one_is_told_who_was_faster(ask: Any) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "anybody?")
    actions.claim(conversation, by=desk.agent("Mia Lund"), now=timezone.now())
    status, answer = ask("POST", address(conversation, "claim/"))
    assert (status, answer["error"]["code"]) == (409, "already_assigned")
    assert "Mia Lund" in answer["error"]["message"]


def test_merging_and_splitting(ask: Any) -> None:
    bea = desk.customer("Bea Ortiz")
    one, other = desk.conversation(bea), desk.conversation(bea)
    desk.says(one, "charged twice")
    desk.says(one, "and the address is wrong")
    desk.says(other, "charged twice, again")
    assert [row["id"] for row in ask("GET", address(one, "siblings/"))[1]["rows"]] == [str(other.public_id)]
    answer = ask("POST", address(other, "merge/"), {"into": str(one.public_id)})[1]
    assert answer["row"]["merged_into"] == answer["other"]["id"] == str(one.public_id)
    assert ask("GET", address(one, "siblings/"))[1]["rows"] == []
    assert ask("DELETE", address(other, "merge/"))[1]["row"]["merged_into"] is None
    split = ask("POST", address(one, "split/"), {"numbers": [2]})[1]
    assert split["other"]["snippet"] == "and the address is wrong"


def test_a_merged_conversation_leads_to_where_it_went(anna: Agent) -> None:
    bea = desk.customer("Bea Ortiz")
    one, other = desk.conversation(bea), desk.conversation(bea)
    desk.says(one, "first")
    desk.says(other, "second")
    actions.merge(other, into=one, by=anna, now=timezone.now())
    client = Client()
    client.force_login(anna)
    assert client.get(address(other)).headers["Location"] == address(one)


def test_redacting(ask: Any) -> None:
    conversation = desk.conversation()
    part = desk.says(conversation, "my card is 4111 1111 1111 1111")
    assert ask("POST", address(conversation, f"parts/{part.number}/redaction/"), {"why": "card number"})[0] == 200
    first = ask("GET", address(conversation, "thread/"))[1]["parts"][0]
    assert (first["body"], first["redacted"]) == ("", True)


def test_routed_out_of_sight(anna: Agent) -> None:
    jonas = desk.agent("Jonas Pohl", teams=(desk.team(),))
    client = Client()
    client.force_login(jonas)
    conversation = desk.conversation()
    desk.says(conversation, "hello")
    status, answer = asking(client)("POST", address(conversation, "team/"), {"to": str(desk.team().pk)})
    assert (status, answer) == (200, {"row": None})


def test_drafts_wait_and_never_overwrite_each_other(ask: Any) -> None:
    conversation = desk.conversation()
    desk.says(conversation, "hello")
    path = address(conversation, "draft/reply/")
    first = ask("PUT", path, {"body": "Dear Bea", "version": 0})[1]["version"]
    second = ask("PUT", path, {"body": "Dear Bea, sorry", "version": first})[1]["version"]
    status, answer = ask("PUT", path, {"body": "Hi Bea", "version": first})
    assert (status, answer["error"]["code"]) == (412, "edit_conflict")
    assert answer["error"]["stored"] == {"body": "Dear Bea, sorry", "version": second}
    assert answer["error"]["yours"]["body"] == "Hi Bea"
    drafts = ask("GET", address(conversation, "thread/"))[1]["drafts"]
    assert drafts == {"reply": {"body": "Dear Bea, sorry", "version": second}}
    assert ask("PUT", address(conversation, "draft/poem/"), {"body": "x", "version": 0})[0] == 404


def test_being_there(ask: Any, anna: Agent) -> None:
    assert ask("PUT", "/inbox/me/availability/", {"availability": "away", "reason": "lunch"})[0] == 200
    anna.refresh_from_db()
    assert (anna.availability, anna.away_reason) == ("away", "lunch")
    status, answer = ask("PUT", "/inbox/me/availability/", {"availability": "asleep"})
    assert (status, answer["error"]["code"]) == (400, "unknown_value")


def test_what_people_wrote_cannot_end_the_data_block(anna: Agent) -> None:
    bea = desk.customer("</script><script>alert(1)</script>")
    desk.says(desk.conversation(bea), "</script><img src=x onerror=alert(2)> & \u2028")
    client = Client()
    client.force_login(anna)
    page = client.get("/inbox/all/").content.decode()
    assert page.count("<script") == page.count("</script>") == 3
    assert "<img src=x" not in page


def test_a_message_that_has_just_come_is_not_closed_away(ask: Any) -> None:
    where = desk.waiting()
    seen = where.last_number
    desk.says(where, "And another thing")
    status, refused = ask("POST", address(where, "closure/"), {"seen": seen})
    assert (status, refused["error"]["code"]) == (409, "newer_message")
    assert ask("POST", address(where, "closure/"), {"seen": where.last_number})[1]["row"]["state"] == "closed"


def test_earlier_conversations_are_known_by_how_they_began(ask: Any, anna: Agent) -> None:
    bea = desk.customer()
    before, where = desk.waiting(whose=bea), desk.waiting(whose=bea)
    desk.replies(before, anna, "It is on its way")
    _, pane = ask("GET", address(where, "customer/"))
    assert "My order never arrived" in pane
    assert "It is on its way" not in pane


def test_who_asks_is_told_as_people_say_it(ask: Any) -> None:
    bea = desk.customer()
    where = desk.waiting(whose=bea)
    AttributeDefinition.objects.create(subject="customer", key="renewal", label="Renews on", type="date")
    AttributeDefinition.objects.create(subject="customer", key="trial", label="Trial until", type="date")
    bea.attributes = {"renewal": "2026-04-20", "trial": "soon"}
    bea.last_seen_at = timezone.now()
    bea.save()
    _, pane = ask("GET", address(where, "customer/"))
    assert "<dt>Renews on</dt><dd>20 April 2026</dd><dt>Trial until</dt><dd>soon</dd>" in pane.replace("\n    ", "")
    assert "just now" in pane
    bea.last_seen_at -= timedelta(hours=3, minutes=22)
    bea.save()
    assert "3\xa0hours ago" in ask("GET", address(where, "customer/"))[1]
