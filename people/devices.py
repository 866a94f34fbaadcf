"""Browsers that somebody has signed in with before.

Failures are counted for each account, wherever they come from, so anybody who knows an address could keep its owner
out. A browser that its owner has used before therefore has a count of its own, which strangers cannot fill.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

KNOWN_FOR = timedelta(days=90)
_SALT = "parley.known-device"


def cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-known"


def known(request: HttpRequest, account: str) -> str:
    """The name of this browser, if `account` has signed in with it; else nothing."""
    try:
        whose, name = signing.loads(request.COOKIES.get(cookie(), ""), salt=_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return ""
    return str(name) if whose == _digest(account) else ""


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """The browser keeps no address, only what shows that it is this one."""
    name = known(request, account) or secrets.token_hex(8)
    response.set_cookie(
        cookie(),
        signing.dumps([_digest(account), name], salt=_SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()[:32]
