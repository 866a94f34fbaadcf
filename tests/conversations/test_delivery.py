"""`check_delivery` finds what it promises to find."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from conversations import actions, serializers
from conversations.actions import NewConversation
from conversations.models import Attachment, Conversation, OutboxRow, Part, Touchpoint
from conversations.parts import NewPart
from conversations.reports import delivery
from people.models import Customer

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


@pytest.fixture
def conversation() -> Conversation:
    """Three messages, their consequences drawn."""
    customer = Customer.objects.create()
    site = Touchpoint.objects.create(name="Shop")
    made = actions.start(NewConversation(uuid4(), customer, site), now=timezone.now())
    author = serializers.customer_author(customer)
    for text in ("One", "Two", "Three"):
        actions.post_one(NewPart(made.pk, "message", author, text, uuid4()), now=timezone.now())
    OutboxRow.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_searchdocument (part_id, conversation_id, vector)"
            " SELECT id, conversation_id, '' FROM conversations_part"
        )
    made.refresh_from_db()
    return made


def _broken() -> dict[str, int]:
    findings = delivery.check(timezone.now() + LATER)
    return {each.promise.name: each.count for each in findings if each.count}


def test_a_sound_desk_has_nothing_to_say(conversation: Conversation) -> None:
    assert _broken() == {}
    call_command("check_delivery", stdout=(said := StringIO()))
    assert said.getvalue().count("holds") == len(delivery.PROMISES)


def test_a_missing_part_is_a_hole_in_both_numberings(conversation: Conversation) -> None:
    Part.objects.filter(number=2).delete()
    assert _broken() == {"numbers": 1, "public numbers": 1}


def test_a_missing_last_part_is_noticed_by_its_conversation(conversation: Conversation) -> None:
    Part.objects.filter(number=3).delete()
    assert _broken() == {"numbers": 1, "public numbers": 1}


def test_two_orders_are_one_too_many(conversation: Conversation) -> None:
    Part.objects.filter(number=1).update(public_number=9)
    Part.objects.filter(number=2).update(public_number=1)
    Part.objects.filter(number=1).update(public_number=2)
    assert _broken() == {"one order": 1}


def test_a_forgotten_consequence_is_late(conversation: Conversation) -> None:
    part = conversation.parts.get(number=1)
    OutboxRow.objects.create(topic="part", conversation=conversation, part=part, available_at=part.created_at)
    assert _broken() == {"outbox": 1}


def test_a_text_that_cannot_be_found(conversation: Conversation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_searchdocument")
    assert _broken() == {"search": 3}


def test_an_upload_nobody_sent(conversation: Conversation) -> None:
    old = timezone.now() - timedelta(days=3)
    Attachment.objects.create(name="a.txt", media_type="text/plain", size=1, created_at=old)
    assert _broken() == {"attachments": 1}


def test_the_command_fails_and_names_examples(conversation: Conversation) -> None:
    Part.objects.filter(number=2).delete()
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("check_delivery", "--json", stdout=said)
    found = {each["promise"]: each for each in json.loads(said.getvalue())}
    assert found["numbers"] == {"promise": "numbers", "breaches": 1, "examples": [conversation.reference]}


def test_waiting_for_the_outbox_ends_with_what_is_left(conversation: Conversation) -> None:
    part = conversation.parts.get(number=1)
    OutboxRow.objects.create(topic="part", conversation=conversation, part=part, available_at=timezone.now())
    with pytest.raises(CommandError, match="1 rows of the outbox still wait"):
        call_command("check_delivery", "--wait", "0.1", stdout=StringIO())
