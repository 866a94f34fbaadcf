"""The launcher's file and the messenger's page, without a browser."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.test import Client

from conversations.models import Touchpoint

pytestmark = pytest.mark.django_db


def directives(response: Any) -> dict[str, list[str]]:
    """A response's content security policy."""
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.fixture
def touchpoint() -> Touchpoint:
    return Touchpoint.objects.create(
        key="harbour",
        name="Harbour",
        origins=["https://shop.example", "https://*.shop.example", "https://evil.example; script-src *", "*"],
        look={"color": "red;}", "greeting": "<b>Ahoy</b>"},
    )


def test_the_launcher_is_small_and_everybody_s(client: Client) -> None:
    plain = client.get("/w.js")
    packed = client.get("/w.js", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) <= 4096
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert packed["Access-Control-Allow-Origin"] == "*"
    assert packed["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/w.js", headers={"if-none-match": plain["ETag"]}).status_code == 304
    assert client.post("/w.js").status_code == 405
    assert not plain.cookies


def test_the_page_is_framed_by_its_sites_only(client: Client, touchpoint: Touchpoint) -> None:
    response = client.get("/messenger/harbour/")
    policy = directives(response)
    assert policy["frame-ancestors"] == ["'self'", "https://shop.example", "https://*.shop.example"]
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", "ws://testserver"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["'none'"]
    assert "X-Frame-Options" not in response
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_a_site_with_other_letters_is_named_as_dns_knows_it(client: Client, touchpoint: Touchpoint) -> None:
    touchpoint.origins = ["https://пример.example", "https://*.bücher.example:8443", "https://" + "ж" * 80 + ".example"]
    touchpoint.save()
    policy = directives(client.get("/messenger/harbour/"))
    assert policy["frame-ancestors"][1:] == ["https://xn--e1afmkfd.example", "https://*.xn--bcher-kva.example:8443"]
    assert policy["default-src"] == ["'none'"]


def test_the_page_knows_nobody(client: Client, touchpoint: Touchpoint) -> None:
    response = client.get("/messenger/harbour/")
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    assert response["Cache-Control"] == "public, max-age=60"


def test_what_a_desk_types_into_the_look_is_text(client: Client, touchpoint: Touchpoint) -> None:
    page = client.get("/messenger/harbour/").content.decode()
    assert "&lt;b&gt;Ahoy" in page
    assert 'data-brand="#2955c0"' in page
    assert "style=" not in page
    assert " on" + "click" not in page


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("sv", "en", "sv"),
        ("sv-SE", "en", "sv"),
        ("xx", "id", "id"),
        ("", "id,en;q=0.5", "id"),
        ("auto", "", "en"),
        ("../x", "", "en"),
    ],
)
def test_the_page_speaks_the_language_asked_for(
    client: Client, touchpoint: Touchpoint, query: str, accepted: str, language: str
) -> None:
    response = client.get("/messenger/harbour/", {"lang": query}, headers={"accept-language": accepted})
    assert f'<html lang="{language}" dir="ltr"' in response.content.decode()
    assert response["Content-Language"] == language


def test_other_pages_may_not_be_framed_and_unknown_sites_are_not_there(client: Client, touchpoint: Touchpoint) -> None:
    response = client.get("/messenger/nobody/")
    assert response.status_code == 404
    assert response["X-Frame-Options"] == "DENY"
    assert directives(response)["frame-ancestors"] == ["'none'"]


def test_the_shop_is_open_only_where_there_is_a_demo(client: Client, touchpoint: Touchpoint) -> None:
    assert client.get("/demo/").status_code == 404
    Touchpoint.objects.create(key="demo", name="Northwind")
    assert client.get("/demo/").status_code == 200
    assert 'data-title="Heron · Northwind" class="good"' in client.get("/demo/kettle/").content.decode()
    assert client.get("/demo/toaster/").status_code == 404
