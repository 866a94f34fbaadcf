"""Commands that set a desk up from a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from people.models import Agent, ApiToken

pytestmark = pytest.mark.django_db


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, given: str = "") -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def create(monkeypatch: pytest.MonkeyPatch, password: str = "correct horse battery", **options: Any) -> str:
    fields = {"email": "ada@desk.example", "name": "Ada", "role": "manager", **options}
    arguments = [f"--{name}={value}" for name, value in fields.items()]
    return run(monkeypatch, "create_agent", *arguments, "--password-stdin", given=f"{password}\n")


def test_an_agent_from_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(monkeypatch) == "ada@desk.example can sign in.\n"
    assert Agent.objects.get().role == "manager"
    assert Client().login(username="ada@desk.example", password="correct horse battery")


@pytest.mark.parametrize(
    ("options", "said"),
    [({"email": "ada"}, "not an e-mail"), ({"password": "short"}, "too short"), ({"role": "king"}, "invalid choice")],
)
def test_an_agent_that_cannot_be(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        create(monkeypatch, **options)
    assert not Agent.objects.exists()


def test_a_token_is_shown_once_listed_and_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch)
    secret = run(
        monkeypatch, "api_token", "--email=Ada@desk.example", "--name=sync", "--scope=write", "--days=7"
    ).strip()
    answer = Client().get("/api/v1/teams/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    token = ApiToken.objects.get()
    listed = run(monkeypatch, "api_token", "--list")
    assert f"{token.pk}\tsync\tada@desk.example\twrite" in listed
    assert secret not in listed
    run(monkeypatch, "api_token", f"--revoke={token.pk}")
    assert Client().get("/api/v1/teams/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--email=nobody@desk.example", "--name=x"], "Name an agent"),
        (["--name=x"], "Name an agent"),
        (["--email=ada@desk.example"], "Give the token a name"),
        (["--email=ada@desk.example", "--name=x", "--days=91"], "1 to 90 days"),
        (["--revoke=99"], "no token 99"),
    ],
)
def test_tokens_that_cannot_be(monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str) -> None:
    create(monkeypatch)
    with pytest.raises(CommandError, match=said):
        run(monkeypatch, "api_token", *arguments)
    assert not ApiToken.objects.exists()
