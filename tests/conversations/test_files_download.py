"""Downloads: what a browser is told, and may do with what it gets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from conversations.actions.files import remove
from conversations.files import storage
from tests.conversations import samples
from tests.conversations.desk import NOON
from tests.conversations.sending import BYTES, NOT_FOUND, a_case, get, is_not_found
from tests.conversations.uploads import error_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture(autouse=True)
async def _no_connection_left() -> AsyncIterator[None]:
    """Views run in a thread with a connection of its own."""
    yield
    await sync_to_async(connections.close_all)()


async def test_the_customer_gets_it_back() -> None:
    case = await a_case()
    answer, body = await get(await sync_to_async(case.url)())
    assert (answer.status_code, body) == (200, BYTES)
    assert answer["Content-Length"] == str(len(BYTES))


async def test_whatever_it_is_a_browser_does_nothing_with_it() -> None:
    for name, content in (("a.pdf", samples.PDF), ("a.txt", b"alert(1)"), ("a.gif", samples.animation(3))):
        case = await a_case(content, name)
        answer, body = await get(await sync_to_async(case.url)())
        assert body == content
        assert answer["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-cache"


async def test_only_pictures_we_have_written_ourselves_open_in_the_page() -> None:
    case = await a_case(samples.picture(size=(900, 300)), "a.png")
    url = await sync_to_async(case.url)()
    whole, _ = await get(url)
    small, body = await get(f"{url}?thumbnail")
    assert whole["Content-Disposition"].startswith("inline;")
    assert (whole["Content-Type"], small["Content-Type"]) == ("image/png", "image/webp")
    assert body[8:12] == b"WEBP"
    case = await a_case(samples.animation(3), "a.gif")
    first, body = await get(f"{await sync_to_async(case.url)()}?thumbnail")
    assert (first["Content-Type"], body[8:12]) == ("image/webp", b"WEBP")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "Rechnung für Zoë.txt",
            "filename=\"Rechnung fur Zoe.txt\"; filename*=UTF-8''Rechnung%20f%C3%BCr%20Zo%C3%AB.txt",
        ),
        ('a"b;c.txt', "filename=\"a_b;c.txt\"; filename*=UTF-8''a%22b%3Bc.txt"),
        ("日本.txt", "filename=\".txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt"),
        ("a\r\nX-Evil: 1.txt", "filename=\"a X-Evil: 1.txt\"; filename*=UTF-8''a%20X-Evil%3A%201.txt"),
    ],
)
async def test_names_survive_the_way_and_break_no_header(name: str, header: str) -> None:
    case = await a_case(BYTES, name)
    answer, _ = await get(await sync_to_async(case.url)())
    assert answer["Content-Disposition"] == f"attachment; {header}"
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("asked", ["bytes=0-3", "bytes=0-,0-", "bytes=" + "0-," * 1000 + "0-", "bytes=9-1", "lines=1"])
async def test_ranges_are_not_offered(asked: str) -> None:
    case = await a_case()
    answer, body = await get(await sync_to_async(case.url)(), Range=asked)
    assert (answer.status_code, body, answer["Accept-Ranges"]) == (200, BYTES, "none")


async def test_an_unchanged_file_is_not_sent_again_but_a_removed_one_is_gone() -> None:
    case = await a_case()
    url = await sync_to_async(case.url)()
    first, _ = await get(url)
    again, body = await get(url, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, body) == (304, b"")
    assert again["Content-Security-Policy"] == "sandbox; default-src 'none'"
    await sync_to_async(remove)(case.file, now=NOON)
    gone, _ = await get(url, **{"If-None-Match": first["ETag"]})
    assert error_of(gone) == NOT_FOUND


async def test_a_content_that_is_missing_is_not_found_and_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    case = await a_case()
    url = await sync_to_async(case.url)()
    storage.blob(case.file.blob).unlink()
    await is_not_found(url)
    assert "missing" in caplog.text
