"""Whom a socket is opened for, told from what came with it."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.consumers.admission import client_address, own_origin


def asked(*headers: tuple[str, str], peer: str = "10.0.0.9") -> dict[str, Any]:
    return {"headers": [(name.encode(), value.encode()) for name, value in headers], "client": (peer, 4711)}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, ["1.1.1.1"], "10.0.0.9"),
        (1, [], "10.0.0.9"),
        (1, ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        (1, ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        (2, ["6.6.6.6", "1.1.1.1, 10.0.0.1"], "1.1.1.1"),
        (1, ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
    ],
)
def test_where_a_socket_comes_from(settings: Any, proxies: int, forwarded: list[str], address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(asked(*(("x-forwarded-for", each) for each in forwarded))) == address


@pytest.mark.parametrize(
    ("origin", "secure", "ours"),
    [
        ("http://localhost", False, True),
        ("https://localhost", True, True),
        ("http://localhost", True, False),
        ("http://localhost.evil.example", False, False),
        ("http://[", False, False),
        ("null", False, False),
        ("", False, False),
    ],
)
def test_a_page_of_ours(settings: Any, origin: str, secure: bool, ours: bool) -> None:
    settings.SESSION_COOKIE_SECURE = secure
    assert own_origin(asked(("host", "localhost"), ("origin", origin))) is ours
