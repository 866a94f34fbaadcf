"""Proofs of who somebody is: messenger tokens and identities signed by a site."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from conversations.errors import IdentityRefused, TokenRefused

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # 32 random bytes in base64url
MAX_LIFE = timedelta(hours=24)
LEEWAY = 60  # seconds of clock skew


def token_hash(token: object) -> str:
    """What the desk stores instead of a messenger token.

    Raises:
        TokenRefused: not a token at all.
    """
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TokenRefused
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer as their site knows them."""

    external_id: str
    name: str = ""
    email: str = ""
    attributes: Mapping[str, Any] | None = None


def verify_identity(token: str, *, audience: str, keys: Mapping[str, str], now: datetime) -> Identity:
    """The identity a site signed with one of its live `keys` ({kid: secret}), HS256 only.

    `aud` must be the site's own key and `exp` at most 24 hours away.

    Raises:
        IdentityRefused: for whatever reason; the message never says which.
    """
    try:
        secret = keys[jwt.get_unverified_header(token).get("kid", "")]
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "aud", "sub"]},
        )
        lives_on = float(claims["exp"]) - now.timestamp()
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise IdentityRefused from None
    if lives_on > MAX_LIFE.total_seconds() + LEEWAY:
        raise IdentityRefused
    return _identity(claims)


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject, name, email = claims["sub"], claims.get("name", ""), claims.get("email", "")
    attributes = claims.get("attributes")
    texts = all(isinstance(each, str) for each in (subject, name, email))
    if not texts or not 0 < len(subject) <= 200 or not isinstance(attributes, dict | None):
        raise IdentityRefused
    if not (subject + email).isprintable():  # NUL and halves of characters, which cannot be stored
        raise IdentityRefused
    return Identity(subject, name[:200], email[:254].strip().lower(), attributes)
