"""Who is asking: the pane beside a thread."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations import sessions
from conversations.errors import NotFound
from conversations.models import Conversation, Part
from conversations.views.inbox.answers import viewer
from people.faces import face
from people.models import Agent, AttributeDefinition, Customer

EARLIER = 6


@require_GET
@login_required
def pane(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        conversation = sessions.visible(viewer(request), public_id)
    except NotFound:
        raise Http404 from None
    customer, now = conversation.customer, timezone.now()
    context = {
        "conversation": conversation,
        "customer": customer,
        "face": face(customer.display_name, customer.public_id),
        "local_time": _local_time(customer.time_zone, now),
        "last_seen": _last_seen(customer.last_seen_at, now),
        "language": language_name(customer.language),
        "attributes": _attributes(customer),
        "earlier": _earlier(conversation, viewer(request)),
    }
    return render(request, "inbox/customer.html", context)


def _local_time(zone: str, now: datetime) -> time | None:
    """What the clock says where they are; zones come from browsers, so any text may stand there.

    Without a date and a zone, or the template would turn it into the time where the agent is.
    """
    try:
        return now.astimezone(ZoneInfo(zone)).time() if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _last_seen(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return _("just now") if now - at < timedelta(minutes=1) else _("%(ago)s ago") % {"ago": timesince(at, now, depth=1)}


def language_name(code: str) -> str:
    """A language's own name for those Django knows, else the code as it came."""
    for known in (code, code.partition("-")[0]):
        if known:
            try:
                return str(translation.get_language_info(known.lower())["name_translated"])
            except KeyError:
                continue
    return code


def _attributes(customer: Customer) -> list[tuple[str, Any]]:
    """Attributes with the labels the desk gave them, in the order of the definitions."""
    defined = {each.key: each for each in AttributeDefinition.objects.filter(subject="customer")}
    known = [
        (each.label, _shown(each, customer.attributes[key]))
        for key, each in defined.items()
        if key in customer.attributes
    ]
    return known + [(key, value) for key, value in customer.attributes.items() if key not in defined]


def _shown(definition: AttributeDefinition, value: Any) -> Any:
    """A date as people write it; anything else as it is."""
    if definition.type == AttributeDefinition.Type.DATE:
        with suppress(TypeError, ValueError):
            return date_format(date.fromisoformat(value))
    return value


def _earlier(conversation: Conversation, agent: Agent) -> list[Conversation]:
    """Their other conversations, newest first, as far as this agent may see them."""
    others = Conversation.objects.visible_to(agent).of_customer(conversation.customer)
    others = others.filter(last_number__gt=0, merged_into=None).exclude(pk=conversation.pk)
    first = Part.objects.filter(conversation=OuterRef("pk"), kind="message").in_order().values("body")[:1]
    return list(others.annotate(first=Subquery(first)).select_related("topic").newest_first()[:EARLIER])
