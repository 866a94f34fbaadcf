"""Links a browser can follow without a header: for one file and one reader, ten minutes long.

Whoever follows one passes through `access` again, so a link dies with the session, the permission, the file or the
message it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

SECONDS = 600
_SALT = "parley.files.link"


@dataclass(frozen=True, slots=True)
class Link:
    """For the agent with that key; without one, for the messenger with that token at `site`."""

    file: UUID
    agent: int | None = None
    site: str = ""
    token_hash: str = ""

    def sealed(self) -> str:
        return signing.dumps([self.file.hex, self.agent, self.site, self.token_hash], salt=_SALT)


def opened(sealed: str) -> Link | None:
    """What a link stands for; None when its time is over.

    Raises:
        BadSignature: it is not one of ours.
    """
    try:
        file, agent, site, token_hash = signing.loads(sealed, salt=_SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        return None
    return Link(UUID(hex=file), agent, site, token_hash)
