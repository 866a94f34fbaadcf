"""Beat, queue and worker of a real desk: what was posted is found, what was missed is found again, sleepers wake."""

from __future__ import annotations

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.engines

WATCH = """
import time
from datetime import timedelta
from django.utils import timezone
from conversations import actions, realtime
from conversations.models import OutboxRow, SearchDocument
from tests.conversations.desk import agent, conversation, says

def outcome():
    where = conversation()
    part = says(where, "A platypus never arrived", now=timezone.now())
    actions.snooze(where, until=timezone.now() + timedelta(seconds=2), by=agent(), now=timezone.now())
    found, ended = SearchDocument.objects.filter(part=part.id), time.monotonic() + 60
    while time.monotonic() < ended:
        where.refresh_from_db()
        if found.exists() and where.state == "open" and not OutboxRow.objects.filter(conversation=where).exists():
            break
        time.sleep(0.1)
    return found.exists(), list(where.parts.filter(kind="event").in_order().values_list("event", flat=True))

print("RUNG", outcome())
realtime.ring = lambda: None
print("NOT RUNG", outcome())
"""


def test_a_worker_draws_every_consequence_even_when_nobody_rang(live_desk: Desk) -> None:
    said = live_desk.manage("shell", "-c", WATCH)
    for case in ("RUNG", "NOT RUNG"):
        assert f"{case} (True, ['snoozed', 'woken'])" in said
