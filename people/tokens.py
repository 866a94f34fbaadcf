"""API tokens: what is given to a program once, and what the desk keeps of it."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = "parley_"  # lets a scanner for leaked secrets recognise one
_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)


def new_secret() -> str:
    """32 random bytes, so that nothing needs to slow a guesser down."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What the desk stores instead; nothing for what cannot be a token."""
    return hashlib.sha256(secret.encode()).hexdigest() if _SHAPE.fullmatch(secret) else ""
