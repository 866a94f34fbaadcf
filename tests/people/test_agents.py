"""Agents and the tokens that act for them: what they may do changes everywhere at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from conversations import realtime
from people import actions, tokens
from people.actions import agents
from people.errors import Refused
from people.models import Agent, ApiToken, Availability, Role, Team

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def new_agent(email: str = "ada@desk.example", role: Role = Role.AGENT) -> Agent:
    return actions.create_agent(email, name="Ada King", role=role, password=PASSWORD)


@pytest.fixture
def revoked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Agents whose sockets were told to look again."""
    told: list[int] = []
    monkeypatch.setattr(realtime, "revoke_agent", told.append)
    return told


def test_an_agent_can_sign_in_with_the_address_in_any_case() -> None:
    new_agent(" Ada@Desk.Example ")
    assert Client().login(username="ada@desk.example", password=PASSWORD)


REFUSED = [
    ({"email": "ada"}, "invalid_email"),
    ({"email": "ada@desk.example\x00"}, "invalid_email"),
    ({"email": "TAKEN@desk.example"}, "email_taken"),
    ({"password": "short"}, "weak_password"),
    ({"password": "password1234"}, "weak_password"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_who_cannot_become_an_agent(changes: dict[str, str], code: str) -> None:
    new_agent("taken@desk.example")
    fields = {"email": "ada@desk.example", "password": PASSWORD} | changes
    with pytest.raises(Refused) as refusal:
        actions.create_agent(fields["email"], name="Ada", role=Role.AGENT, password=fields["password"])
    assert refusal.value.code == code
    assert Agent.objects.count() == 1


@pytest.mark.parametrize(("role", "opens"), [(Role.AGENT, False), (Role.MANAGER, False), (Role.ADMIN, True)])
def test_only_admins_may_open_the_admin(role: Role, opens: bool) -> None:
    ada = new_agent(role=role)
    assert (ada.is_staff, ada.is_superuser) == (opens, opens)


CHANGES: dict[str, Callable[[Agent], None]] = {
    "role": lambda ada: actions.set_role(ada, Role.MANAGER),
    "teams": lambda ada: actions.set_teams(ada, [Team.objects.get_or_create(name="Billing")[0]]),
    "deactivation": actions.deactivate,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_permission_reaches_open_sockets_once(
    name: str, revoked: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    ada = new_agent()
    with django_capture_on_commit_callbacks(execute=True):
        CHANGES[name](ada)
        CHANGES[name](ada)
    assert revoked == [ada.pk]
    assert (ada.authz_version, Agent.objects.get(pk=ada.pk).authz_version) == (2, 2)


def signed_in(agent: Agent) -> Client:
    client = Client()
    assert client.login(username=agent.email, password=PASSWORD)
    return client


def test_a_new_password_ends_every_other_session(revoked: list[int], django_capture_on_commit_callbacks: Any) -> None:
    ada, bob = new_agent(), new_agent("bob@desk.example")
    here, _, others = signed_in(ada), signed_in(ada), signed_in(bob)
    key = here.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_password(ada, "another good passphrase", keep_session=key)
    assert set(Session.objects.values_list("pk", flat=True)) == {key, others.session.session_key}
    assert revoked == [ada.pk]
    with pytest.raises(Refused):
        actions.change_password(ada, "ada@desk.example")


def test_whoever_left_is_out_of_every_door() -> None:
    ada = new_agent()
    signed_in(ada)
    actions.create_token(ada, name="sync", scope=ApiToken.Scope.WRITE, days=1, now=NOON)
    actions.deactivate(ada)
    assert not Session.objects.exists()
    assert not ApiToken.objects.exists()
    assert not Client().login(username=ada.email, password=PASSWORD)


@pytest.mark.parametrize("leave", [actions.deactivate, lambda ada: actions.set_role(ada, Role.AGENT)])
def test_a_desk_keeps_an_admin(leave: Callable[[Agent], None]) -> None:
    ada = new_agent(role=Role.ADMIN)
    with pytest.raises(Refused) as refusal:
        leave(ada)
    assert refusal.value.code == "last_admin"
    new_agent("bob@desk.example", Role.ADMIN)
    leave(ada)
    assert not Agent.objects.filter(pk=ada.pk, role=Role.ADMIN, is_active=True).exists()


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_leave_each_other_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keep, both = agents._keep_an_admin, Barrier(2)

    def looked(leaving: Agent) -> None:
        keep(leaving)
        with suppress(BrokenBarrierError):
            both.wait(1)

    def leave(agent: Agent) -> str:
        try:
            actions.deactivate(agent)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "left"

    monkeypatch.setattr(agents, "_keep_an_admin", looked)
    leaving = [new_agent(f"{name}@desk.example", Role.ADMIN) for name in ("ada", "bob")]
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, leaving)) == ["last_admin", "left"]


def test_availability_counts_from_its_change() -> None:
    ada, later = new_agent(), NOON + timedelta(hours=1)
    actions.set_availability(ada, Availability.AWAY, reason="lunch\n", now=NOON)
    actions.set_availability(ada, Availability.AWAY, reason="lunch", now=later)
    assert (ada.availability, ada.away_reason, ada.available_since) == ("away", "lunch", NOON)
    actions.set_availability(ada, Availability.ONLINE, reason="back", now=later)
    ada.refresh_from_db()
    assert (ada.away_reason, ada.available_since) == ("", later)


def test_only_the_digest_of_a_token_is_kept() -> None:
    token, secret = actions.create_token(new_agent(), name="sync", scope=ApiToken.Scope.READ, days=90, now=NOON)
    assert secret.startswith("parley_")
    assert token.expires_at == NOON + timedelta(days=90)
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in map(str, stored.values())
    assert stored["digest"] == tokens.digest_of(secret)
    assert tokens.digest_of(secret[:-1]) == ""


@pytest.mark.parametrize(
    ("fields", "code"), [({"days": 91}, "invalid_date"), ({"days": 0}, "invalid_date"), ({"name": " "}, "text_empty")]
)
def test_tokens_have_a_name_and_an_end(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.create_token(
            new_agent(), **{"name": "sync", "scope": ApiToken.Scope.READ, "days": 1, "now": NOON, **fields}
        )
    assert refusal.value.code == code


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(django_assert_num_queries: Any) -> None:
    token, _ = actions.create_token(new_agent(), name="sync", scope=ApiToken.Scope.READ, days=1, now=NOON)
    actions.note_use(token, now=NOON)
    token.refresh_from_db()
    with django_assert_num_queries(0):
        actions.note_use(token, now=NOON + timedelta(seconds=59))
    actions.note_use(token, now=NOON + timedelta(seconds=61))
    token.refresh_from_db()
    assert token.last_used_at == NOON + timedelta(seconds=61)
