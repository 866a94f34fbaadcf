"""Who gets in, how fast, and how little a failure tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from conversations import actions
from conversations.api import entry, nouns, posting
from people.models import Agent, Role
from tests.conversations.api import ROOT, Place, error, state
from tests.conversations.desk import agent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PURGE", "PATCH", "DELETE"])
def test_methods_that_are_none(method: str, place: Place) -> None:
    answer = place.caller(method, place.path)
    assert (answer.status_code, error(answer)["code"]) == (405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_no_header_changes_the_method(place: Place) -> None:
    before = state()
    answer = place.caller("get", f"{place.path}", headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 200
    assert state() == before


FAST: list[tuple[Any, int, Callable[[Place], Any]]] = [
    (posting.MESSAGES, 10, lambda place: place.post(body="x")),
    (nouns.TAGS, 10, lambda place: place.caller("post", f"{place.path}tags/", {"names": ["late"]})),
    (entry.REQUESTS, 600, lambda place: place.caller("get", "teams/")),
]


@pytest.mark.parametrize(("limit", "most", "ask"), FAST, ids=["messages", "tags", "requests"])
def test_whoever_is_too_fast_is_told_to_wait(
    limit: Any, most: int, ask: Callable[[Place], Any], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (limit.most, limit.seconds) in {(10, 10), (10, 1), (600, 60)}
    taken: list[str] = []

    def take(self: Any, who: str) -> int:
        if self is limit:
            taken.append(who)
        return 7 if self is limit and len(taken) > most else 0

    monkeypatch.setattr(type(limit), "take", take)
    taken += [""] * (most - 1)
    assert ask(place).status_code < 300
    answer = ask(place)
    assert (answer.status_code, error(answer)["code"], answer["Retry-After"]) == (429, "slow_down", "7")


def test_eleven_messages_in_ten_seconds(place: Place) -> None:
    statuses = [place.post(body="x").status_code for _ in range(11)]
    assert statuses == [201] * 10 + [429]


@override_settings(ALLOWED_HOSTS=["desk.example"])
def test_another_host(place: Place) -> None:
    answer = place.caller("get", "teams/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def signed_in(role: Role = Role.AGENT) -> tuple[Client, Agent]:
    who = agent(role=role)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(who)
    return client, who


def test_the_inboxs_cookie_reads_and_writes_only_with_its_token(place: Place) -> None:
    client, _ = signed_in()
    path = f"{ROOT}{place.path}closure/"
    assert client.get(ROOT + place.path).status_code == 200
    refused = client.post(path, data="{}", content_type="application/json")
    assert (refused.status_code, error(refused)["code"]) == (403, "csrf_failed")
    token = "a" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    done = client.post(path, data="{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert done.status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_that_has_ended(method: str, place: Place) -> None:
    before = state()
    client, who = signed_in()
    Agent.objects.filter(pk=who.pk).update(is_active=False)
    answer = client.generic(method.upper(), f"{ROOT}{place.path}closure/", b"{}", content_type="application/json")
    assert (answer.status_code, error(answer)["code"]) == (401, "session_expired")
    assert state() == before


TOKENS: list[Callable[[Place], str]] = [
    lambda place: "Bearer",
    lambda place: "Bearer ",
    lambda place: "Bearer parley_" + "x" * 43,
    lambda place: f"Bearer {place.caller.secret}x",
    lambda place: f"Bearer {place.caller.secret[:-1]}",
    lambda place: f"Basic {place.caller.secret}",
    lambda place: f"Token {place.caller.secret}",
    lambda place: place.caller.secret,
    lambda place: "Bearer 0",
    lambda place: "Bearer null",
]


@pytest.mark.parametrize("header", TOKENS, ids=range(len(TOKENS)))
def test_tokens_that_are_none(header: Callable[[Place], str], place: Place) -> None:
    answer = place.caller("get", place.path, headers={"Authorization": header(place)})
    assert (answer.status_code, error(answer)["code"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_with_its_time_and_its_agent(place: Place) -> None:
    place.anna.tokens.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert place.caller("get", place.path).status_code == 401
    place.anna.tokens.update(expires_at=timezone.now() + timedelta(days=1))
    assert place.caller("get", place.path).status_code == 200
    Agent.objects.filter(pk=place.anna.pk).update(is_active=False)
    assert place.caller("get", place.path).status_code == 401


def test_what_goes_wrong_inside_shows_nothing_of_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(actions, "close", broken)
    answer = place.caller("post", f"{place.path}closure/")
    assert (answer.status_code, error(answer)["code"], error(answer)["request_id"]) == (500, "internal_error", "test")
    assert b"secret" not in answer.content


def test_a_request_keeps_the_name_it_was_given_unless_that_is_none(place: Place) -> None:
    named = place.caller("get", "nothing/", headers={"X-Request-ID": "abc-1"})
    assert error(named)["request_id"] == "abc-1"
    hostile = place.caller("get", "nothing/", headers={"X-Request-ID": "a b<script>"})
    assert error(hostile)["request_id"] not in ("", "a b<script>")


def test_nobody_may_keep_an_answer(place: Place) -> None:
    for path in (place.path, "nothing/"):
        assert "no-store" in place.caller("get", path)["Cache-Control"]
