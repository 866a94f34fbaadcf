"""The door: it tells nobody who exists, leads nobody astray, and tires whoever guesses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from people.limits import Limit, address_of
from people.models import Agent, Role
from people.views import BY_ACCOUNT, BY_ADDRESS

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture
def anna(valkey: str) -> Agent:
    for who in ("anna@desk.example", "nobody@desk.example", "gone@desk.example"):
        forget(BY_ACCOUNT, who)
    for address in ("127.0.0.1", "10.0.0.9"):
        forget(BY_ADDRESS, address)
    return Agent.objects.create_user("anna@desk.example", PASSWORD, name="Anna Berg", role=Role.AGENT)


def forget(limit: Limit, who: str) -> None:
    for _ in range(limit.most + 5):
        limit.give_back(who)


def sign_in(client: Client, email: str = "anna@desk.example", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login/", {"username": email, "password": password, **more})


def test_in_and_out(anna: Agent) -> None:
    client = Client()
    assert sign_in(client, " Anna@Desk.example ").headers["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 302
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/inbox/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/inbox/mine/", "/inbox/mine/"),
        ("https://evil.example/", "/inbox/"),
        ("//evil.example/", "/inbox/"),
        ("/\\evil.example", "/inbox/"),
        ("javascript:alert(1)", "/inbox/"),
        ("\thttps://evil.example", "/inbox/"),
        ("http:evil.example", "/inbox/"),
    ],
)
def test_next_stays_within_the_desk(anna: Agent, wanted: str, leads: str) -> None:
    assert sign_in(Client(), next=wanted).headers["Location"] == leads


def test_one_answer_for_everybody_who_may_not(anna: Agent) -> None:
    Agent.objects.create_user("gone@desk.example", PASSWORD, name="Gone", is_active=False)
    attempts = [("anna@desk.example", "wrong"), ("nobody@desk.example", PASSWORD), ("gone@desk.example", PASSWORD)]
    pages = set()
    for email, password in attempts:
        answer = sign_in(Client(), email, password)
        assert answer.status_code == 200
        page = answer.content.decode().replace(email, "…")
        pages.add(page[page.index("<main") :].split("csrfmiddlewaretoken")[0] + page[page.index('name="username"') :])
    assert len(pages) == 1


def test_who_guesses_gets_tired(anna: Agent) -> None:
    client = Client()
    codes = [sign_in(client, password=f"guess {number}").status_code for number in range(12)]
    assert codes == [200] * 10 + [429] * 2
    tired = sign_in(client)
    assert (tired.status_code, int(tired.headers["Retry-After"]) > 200) == (429, True)
    assert b"Too many attempts" in tired.content


def test_a_made_up_address_does_not_help(anna: Agent) -> None:
    client = Client()
    for number in range(11):
        more = {"X-Forwarded-For": f"198.51.100.{number}"}
        answer = client.post("/login/", {"username": f"a{number}@desk.example", "password": "x"}, headers=more)
    assert answer.status_code == 429


def test_success_costs_nothing(anna: Agent) -> None:
    codes = {sign_in(Client()).status_code for _ in range(12)}
    assert codes == {302}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (3, "1.1.1.1", "1.1.1.1"),
        (1, ", 1.1.1.1 ,", "1.1.1.1"),
    ],
)
def test_where_a_request_comes_from(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == address


def test_a_limit_counts_and_ends(valkey: str) -> None:
    limit = Limit("test", most=2, seconds=60)
    forget(limit, "who")
    waits = [limit.take("who") for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 60
    limit.give_back("who")
    limit.give_back("who")
    assert limit.take("who") == 0
    assert limit.take("somebody else") == 0


def test_changing_the_password(anna: Agent) -> None:
    here, elsewhere = Client(), Client()
    here.force_login(anna)
    elsewhere.force_login(anna)
    fresh = "another long secret"
    form = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert here.post("/password/", form).headers["Location"] == "/inbox/"
    assert here.get("/inbox/mine/").status_code == 200
    assert elsewhere.get("/inbox/mine/").status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(fresh)
    assert b"errorlist" in here.post("/password/", {**form, "new_password1": "short", "new_password2": "short"}).content
