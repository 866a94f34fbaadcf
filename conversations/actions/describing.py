"""What a desk keeps about a conversation, in attributes it defined itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conversations.actions.holding import By, held
from conversations.models import Conversation
from people import attributes
from people.models import AttributeDefinition


def set_attributes(conversation: Conversation, values: Mapping[str, Any], *, by: By, now: datetime) -> None:
    """Set attributes; None takes one away.

    Raises:
        people.errors.Refused: one the desk does not keep, or a value of the wrong type.
    """
    definitions = AttributeDefinition.objects.filter(subject=AttributeDefinition.Subject.CONVERSATION)
    checked = attributes.checked(values, {each.key: each for each in definitions})
    with held(conversation, by=by, now=now) as it:
        stored = Conversation.objects.values_list("attributes", flat=True).get(pk=conversation.pk)
        kept = attributes.merged(stored, checked)
        if kept != stored:
            Conversation.objects.filter(pk=conversation.pk).update(attributes=kept)
            changed = {key: value for key, value in checked.items() if stored.get(key) != value}
            it.event("attributes_set", attributes=changed)
    conversation.attributes = kept
