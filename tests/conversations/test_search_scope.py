"""Search in the viewer's scope: what they may not see leaves by no result, count, correction or page."""

from __future__ import annotations

import pytest

from conversations import actions
from conversations.models import Conversation, Follower
from conversations.search import Found, finding, results, search
from people.models import Agent
from tests.conversations.desk import NOON, agent, conversation, customer, says, team
from tests.conversations.searching import about, boss, found, index_all
from tests.conversations.uploads import signed_in

pytestmark = pytest.mark.django_db


def secret_world() -> tuple[Agent, Conversation, Conversation]:
    """An agent, a conversation they see, and one they do not."""
    mine, theirs = team(), team()
    seen = about("my refund is late", team=mine)
    hidden = about("zanzibarcanary refund", team=theirs)
    Conversation.objects.filter(pk=hidden.pk).update(customer=customer("Zelda Canary"))
    return agent(teams=(mine,)), seen, hidden


@pytest.mark.parametrize(("windows", "little"), [((4000,), 3000), ((), 3000), ((), 0)])
def test_everything_is_in_the_viewers_scope(
    windows: tuple[int, ...], little: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_WINDOWS", windows)
    monkeypatch.setattr(finding, "_LITTLE", little)
    who, seen, hidden = secret_world()
    assert found("refund", who) == [seen]
    for query in (
        "zanzibarcanary",
        "zanzibar",
        "zanzibarcanery",
        "zanzibacranary",
        "Zelda Canary",
        hidden.reference,
        str(hidden.pk),
    ):
        answer = search(who, query)
        assert (list(answer.results), list(answer.people), dict(answer.corrected), answer.next) == ([], [], {}, None)
    assert found("zanzibarcanary", boss()) == [hidden]
    assert search(boss(), "zanzibarcanery ").corrected == {"zanzibarcanery": "zanzibarcanary"}


def test_a_word_only_others_know_is_corrected_like_an_unknown_one() -> None:
    who, seen, _ = secret_world()
    theirs = team()
    about("refundo", team=theirs)
    assert found("refundo", who) == [seen]
    assert search(who, "refundo").corrected == {"refundo": "refund"}


def test_counts_never_include_what_is_hidden() -> None:
    who, seen, _ = secret_world()
    shared = seen.customer
    hidden = conversation(shared, team=team())
    says(hidden, "hello")
    (person,) = search(who, shared.name).people
    assert person.conversations == 1
    (person,) = search(boss(), shared.name).people
    assert person.conversations == 2


def test_nothing_hidden_leaves_through_the_view() -> None:
    who, seen, hidden = secret_world()
    client = signed_in(who)
    for query in ("refund", "zanzibar", "zanzibarcanery", "Zelda", hidden.reference, "canary"):
        answer = client.get("/inbox/search", {"q": query})
        assert b"anary" not in answer.content.lower().replace(query.lower().encode(), b"")
    (result,) = client.get("/inbox/search", {"q": "refund"}).json()["results"]
    assert result["row"]["id"] == str(seen.public_id)


def test_permission_is_asked_again_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PAGE", 1)
    mine = team()
    who = agent(teams=(mine,))
    for hours in range(3):
        about("refund", hours=hours, team=mine)
    page = search(who, "refund")
    who.teams.clear()
    assert list(search(who, "refund", page.next).results) == []


def test_followers_see_and_those_who_left_do_not() -> None:
    who, _, hidden = secret_world()
    Follower.objects.create(agent=who, conversation=hidden)
    assert found("zanzibarcanary", who) == [hidden]
    who.is_active = False
    assert search(who, "zanzibarcanary") == Found()


def test_redacted_text_is_found_no_more_nor_suggested() -> None:
    where = about("my password is hunterhunter")
    part = where.parts.get(number=1)
    actions.redact(part, by=boss(), now=NOON)
    index_all()
    assert found("hunterhunter") == []
    assert search(boss(), "huntrehunter").corrected == {}
