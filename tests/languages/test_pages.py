"""Pages speak the language that is asked for, all of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import formats, timezone, translation
from pytest_django.fixtures import Settings

from conversations.errors import SlowDown
from conversations.models import Touchpoint
from conversations.text import too_long
from conversations.views.goods import GOODS
from helpdesk.state import CHECKOUT
from people.models import Agent, Customer, Role
from tests.conversations import desk
from tests.languages.reading import LANGUAGES, catalogue
from tests.languages.seen import texts

pytestmark = pytest.mark.django_db

NAMES = {"Harbour", "Parley", "Northwind", "Anna Berg", "Bea Ortiz", "Hindi", *(good.name for good in GOODS)}
ENGLISH = re.compile(
    r"\b(the|and|your|you|with|send|close|write|password|sign|message|files?|again|this|waiting)\b", re.I
)
TOUCHPOINTS = {"harbour": "Harbour", "demo": "Northwind"}
OPEN = ["/messenger/harbour/", "/demo/", "/demo/cart/", "/login/"]
INSIDE = ["/inbox/waiting/", "/inbox/closed/", "/inbox/search/?q=nothing+at+all", "/password/"]
INSIDE += [
    f"/triage/{page}/" for page in ("trust", "topics", "topics/new", "topics/none", "models", "imports", "settings")
]


@pytest.fixture(autouse=True)
def touchpoints() -> Iterator[None]:
    for key, name in TOUCHPOINTS.items():
        Touchpoint.objects.create(key=key, name=name)
    yield
    translation.deactivate()  # the last request's language would outlive the test


@pytest.fixture
def anna() -> Agent:
    return desk.agent("Anna Berg", role=Role.MANAGER)


def spoken(client: Client, path: str, language: str) -> set[str]:
    """What the page at `path` says to whoever reads `language`."""
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    assert response["Content-Language"] == language
    return texts(response.content.decode())


def same_in(language: str) -> set[str]:
    """Words that happen to be the same, and names."""
    return {entry.key[1] for entry in catalogue(language) if entry.key[1] in entry.texts} | NAMES


def foreign(client: Client, path: str, language: str) -> set[str]:
    """Texts of a page that stayed English."""
    theirs = spoken(client, path, language)
    left = theirs & spoken(client, path, "en")
    slipped = {text for text in theirs if len(set(map(str.lower, ENGLISH.findall(text)))) > 1}
    return (left | slipped) - same_in(language) - {text for text in left if "@" in text}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", OPEN)
def test_nothing_stays_english_outside(client: Client, path: str, language: str) -> None:
    assert foreign(client, path, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", INSIDE)
def test_nothing_stays_english_inside(client: Client, anna: Agent, path: str, language: str) -> None:
    client.force_login(anna)
    assert foreign(client, path, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stays_english_beside_a_thread(client: Client, anna: Agent, language: str) -> None:
    where = desk.waiting(whose=desk.customer("Bea Ortiz", last_seen_at=timezone.now(), language="de"))
    Customer.objects.update(created_at=datetime(2026, 5, 9, tzinfo=UTC))
    client.force_login(anna)
    assert foreign(client, f"/inbox/c/{where.public_id}/customer/", language) == set()


@pytest.mark.parametrize(("asked", "greeting"), [("sv", "Hej!"), ("sv-FI", "Hej!"), ("id-ID", "Halo!"), ("", "Hello!")])
def test_messenger_speaks_as_the_site_asks(client: Client, asked: str, greeting: str) -> None:
    page = client.get("/messenger/harbour/", {"lang": asked}).content.decode()
    assert f"<h2>{greeting}" in page
    assert f'<html lang="{asked.partition("-")[0] or "en"}" dir="ltr"' in page


def test_a_language_written_from_the_right_turns_the_page(client: Client, settings: Settings) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "Arabic")]
    assert '<html lang="ar" dir="rtl"' in client.get("/messenger/harbour/?lang=ar").content.decode()
    assert '<html lang="ar" dir="rtl"' in client.get("/login/", headers={"accept-language": "ar"}).content.decode()


def test_wrong_password_is_told_in_the_reader_s_language(client: Client, valkey: str) -> None:
    form = {"username": "nobody@desk.example", "password": "wrong"}
    page = client.post("/login/", form, headers={"accept-language": "sv"}).content.decode()
    assert "hör inte ihop" in page


# What agents chose


def test_an_agent_s_choice_goes_before_the_browser_s(client: Client, anna: Agent) -> None:
    Agent.objects.filter(pk=anna.pk).update(language="sv")
    client.force_login(anna)
    response = client.get("/inbox/waiting/", headers={"accept-language": "id"})
    assert response["Content-Language"] == "sv"
    assert "<title>Väntar · Parley</title>" in response.content.decode()
    assert client.get("/messenger/harbour/", headers={"accept-language": "id"})["Content-Language"] == "id"


def test_pages_for_everybody_do_not_look_at_who_is_signed_in(client: Client, anna: Agent) -> None:
    client.force_login(anna)
    assert "Cookie" not in client.get("/messenger/harbour/").get("Vary", "")


@pytest.mark.parametrize(
    ("zone", "day"), [("", "9 November 2026"), ("Asia/Jakarta", "10 November 2026"), ("Mars/Base", "9 November 2026")]
)
def test_dates_are_those_of_the_agent_s_clock(client: Client, anna: Agent, zone: str, day: str) -> None:
    assert day in pane(client, anna, zone, at=datetime(2026, 11, 9, 20, 30, tzinfo=UTC))
    assert timezone.get_current_timezone_name() == "UTC"


def test_dates_are_written_in_the_agent_s_language(client: Client, anna: Agent) -> None:
    at = datetime(2026, 5, 9, 20, 30, tzinfo=UTC)
    assert "9 maj 2026" in pane(client, anna, "", language="sv", at=at)
    assert "9 Mei 2026" in pane(client, anna, "", language="id", at=at)
    with translation.override("sv"):
        assert formats.date_format(at, "MONTH_DAY_FORMAT") == "9 maj"
        assert formats.date_format(at, "SHORT_DATE_FORMAT") == "9 maj 2026"


def test_a_customer_s_own_time_is_their_own(client: Client, anna: Agent) -> None:
    page = pane(client, anna, "Asia/Jakarta", language="sv", whose={"time_zone": "America/Sao_Paulo"})
    now = timezone.now().astimezone(timezone.get_fixed_timezone(-180))
    shown = re.search(r"klockan är (\d\d):(\d\d) där", page)
    assert shown, page
    passed = (now.hour * 60 + now.minute) - (int(shown[1]) * 60 + int(shown[2]))
    assert passed % (24 * 60) <= 1


def pane(
    client: Client, agent: Agent, zone: str, *, language: str = "", at: datetime | None = None, whose: Any = None
) -> str:
    """The customer's pane beside a conversation, as an agent with that clock and language sees it."""
    Agent.objects.filter(pk=agent.pk).update(time_zone=zone, language=language)
    customer = desk.customer(f"Bea {uuid.uuid4()}", **(whose or {}))
    if at:
        Customer.objects.filter(pk=customer.pk).update(created_at=at)
    where = desk.waiting(whose=customer)
    client.force_login(agent)
    return client.get(f"/inbox/c/{where.public_id}/customer/").content.decode()


# Refusals


def test_refusals_are_in_the_language_of_whoever_reads() -> None:
    refusal = SlowDown(7)
    with translation.override("sv"):
        assert refusal.message == "För många på en gång. Försök igen om 7 s."
        assert too_long(10001, 10000) == "10\xa0001 tecken; gränsen är 10\xa0000."
    with translation.override("id"):
        assert refusal.envelope()["error"]["message"] == "Terlalu banyak sekaligus. Coba lagi dalam 7 dtk."
        assert too_long(10001, 10000) == "10.001 karakter; batasnya 10.000."
    with translation.override("en"):
        assert refusal.message == "Too many at once. Try again in 7 s."


# The launcher


def test_the_launcher_has_its_labels_in_every_language() -> None:
    script = (CHECKOUT / "static" / "w.js").read_text()
    labels = {code: re.findall(r'"([^"]+)"', found) for code, found in re.findall(r"\b(id|sv): \[([^\]]+)\]", script)}
    labels["en"] = re.findall(r'"([^"]+)"', re.search(r"\|\| \[([^\]]+)\]", script)[1])  # type: ignore[index]
    assert set(labels) == {"en", *LANGUAGES}
    assert {len(each) for each in labels.values()} == {4}
    assert len({label for each in labels.values() for label in each}) == 12
