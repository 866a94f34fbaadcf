"""Which files somebody may see. Every way to a file starts here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from conversations.errors import NotFound
from conversations.models import Attachment, Conversation, MessengerSession, Touchpoint
from people.models import Agent

Files = QuerySet[Attachment]


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who may bind a file to a part: an agent, or the holder of a messenger token (its SHA-256)."""

    agent: Agent | None = None
    token_hash: str = ""


def for_agent(agent: Agent) -> Files:
    """Files of the conversations an agent may see, and those they uploaded and have not sent yet."""
    seen = Conversation.objects.visible_to(agent)
    return _present().filter(Q(part__conversation__in=seen) | Q(part__isnull=True, agent=agent))


def may_upload(token_hash: str, site: Touchpoint) -> bool:
    """A browser we do not know yet may; one whose session ended, or that belongs to another site, may not."""
    session = MessengerSession.objects.filter(pk=token_hash).first()
    return session is None or (session.revoked_at is None and session.touchpoint_id == site.pk)


def for_messenger(token_hash: str, site: Touchpoint) -> Files:
    """Files of public parts of this browser's customer, and those it uploaded and has not sent yet. A token that was
    revoked opens nothing any more."""
    sessions = MessengerSession.objects.filter(pk=token_hash)
    if sessions.filter(revoked_at__isnull=False).exists():
        return Attachment.objects.none()
    customer = sessions.filter(touchpoint=site).values("customer")
    sent = Q(part__public_number__isnull=False, part__conversation__customer__in=customer)
    return _present().filter(sent | Q(part__isnull=True, agent__isnull=True, token_hash=token_hash))


def one(files: Files, key: UUID) -> Attachment:
    """Raises NotFound: not there, or not theirs, or removed."""
    found = files.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _present() -> Files:
    return Attachment.objects.filter(removed_at__isnull=True, part__redacted_at__isnull=True)
