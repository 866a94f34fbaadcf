"""Whom a socket is opened for, told from what came with it."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.consumers.admission import Shared, client_address, own_origin


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


def test_a_bucket_is_shared_by_its_key_and_kept_while_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 0.0
    monkeypatch.setattr("conversations.consumers.admission.time.monotonic", lambda: moment)
    shared = Shared()
    assert [shared.of("bea", 2, 10).take() for _ in range(3)] == [0, 0, 5]
    assert shared.of("carl", 2, 10).take() == 0
    monkeypatch.setattr(Shared, "KEPT", 2)
    shared.of("dora", 2, 10)
    assert shared.of("bea", 2, 10).take() == 5
    moment = 20.0
    shared.of("ella", 2, 10)
    assert [shared.of("bea", 2, 10).take() for _ in range(3)] == [0, 0, 5]
