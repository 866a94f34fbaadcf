"""The door: it tells nobody who exists, leads nobody astray, and tires whoever guesses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from people.limits import Limit, address_of
from people.models import Agent, Role
from people.views import BY_ACCOUNT, BY_ADDRESS, OLD_PASSWORD

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture
def anna(valkey: str) -> Agent:
    for who in ("anna@desk.example", "nobody@desk.example", "gone@desk.example"):
        forget(BY_ACCOUNT, who)
    for address in ("127.0.0.1", "10.0.0.9"):
        forget(BY_ADDRESS, address)
    made = Agent.objects.create_user("anna@desk.example", PASSWORD, name="Anna Berg", role=Role.AGENT)
    forget(OLD_PASSWORD, str(made.pk))
    return made


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


@pytest.mark.parametrize("spelling", ["\uff41nna@desk.example", "ANNA@\uff24esk.example", "anna@desk.example\u3000"])
def test_an_account_has_one_count_however_it_is_spelt(anna: Agent, spelling: str) -> None:
    for _ in range(BY_ACCOUNT.most):
        BY_ACCOUNT.take("anna@desk.example")
    assert sign_in(Client(), spelling).status_code == 429


def test_letters_that_only_look_alike_in_capitals_are_others(anna: Agent) -> None:
    Agent.objects.create_user("ski@desk.example", PASSWORD, name="Ski", role=Role.AGENT)
    assert sign_in(Client(), "sk\u0131@desk.example").status_code == 200
    assert sign_in(Client(), "ski@desk.example").status_code == 302


def test_nobody_can_keep_the_owner_of_an_account_out(anna: Agent) -> None:
    mine, stranger = Client(), Client()
    assert sign_in(mine).status_code == 302
    mine.post("/logout/")
    for number in range(15):
        sign_in(stranger, password=f"guess {number}")
    assert sign_in(stranger).status_code == 429
    assert sign_in(mine).status_code == 302
    cookie = mine.cookies["parley-known"]
    assert (cookie["httponly"], cookie["samesite"], "anna" in cookie.value) == (True, "Lax", False)


def test_a_known_browser_gets_tired_too_and_is_known_for_its_owner_only(anna: Agent) -> None:
    Agent.objects.create_user("nobody@desk.example", PASSWORD, name="Other", role=Role.AGENT)
    client = Client()
    sign_in(client)
    client.post("/logout/")
    codes = [sign_in(client, password=f"guess {number}").status_code for number in range(12)]
    assert codes == [200] * 10 + [429] * 2
    for _ in range(BY_ACCOUNT.most):
        BY_ACCOUNT.take("nobody@desk.example")
    assert sign_in(client, "nobody@desk.example").status_code == 429


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
        (1, "1.1.1.1:4711", "1.1.1.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2:aaaa::1]:4711", "2001:db8:1:2::/64"),
        (1, "::ffff:1.1.1.1", "1.1.1.1"),
        (1, "unknown", "unknown"),
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


def test_the_old_password_is_not_tried_out_for_long(anna: Agent) -> None:
    client = Client()
    client.force_login(anna)
    fresh = "another long secret"
    form = {"old_password": "a guess", "new_password1": fresh, "new_password2": fresh}
    codes = [client.post("/password/", form).status_code for _ in range(12)]
    assert codes == [200] * 10 + [429] * 2
    tired = client.post("/password/", {**form, "old_password": PASSWORD})
    assert (tired.status_code, b"Too many attempts" in tired.content) == (429, True)
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_an_agent_without_a_name_does_not_show_their_address() -> None:
    assert str(Agent(email="anna@desk.example")) == "anna"
