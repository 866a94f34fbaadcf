"""A whole desk with triage on: a real worker reads what real sockets brought, also after it was killed."""

from __future__ import annotations

import os
import signal

import pytest

from tests.conversations.cast import assemble
from tests.conversations.wire import Frame, Wire, begin, inbox, messenger
from tests.desk import Desk

pytestmark = pytest.mark.engines

ON = """
from django.utils import timezone
from people.models import Team
from triage import actions
from triage.models import Desk
actions.install_starter(by=None, now=timezone.now(), language="en")
Desk.objects.create(mode="on", triage_team=Team.objects.create(name="Sorting"))
"""
COUNT = """
from triage.models import Case, Verdict
from conversations.models import Part
print("COUNT", Verdict.objects.count(), Part.objects.filter(event="topic_set").count(), Case.objects.count())
"""


def _topic_of(agent: Wire, conversation: str) -> str:
    """As soon as the list names it."""

    def names_it(frame: Frame) -> bool:
        return frame["type"] == "rows" and any(_is_read(row, conversation) for row in frame["rows"])

    rows = agent.next(names_it, patience=120)["rows"]
    topic: str = next(row["topic"]["name"] for row in rows if _is_read(row, conversation))
    return topic


def _is_read(row: Frame, conversation: str) -> bool:
    return bool(row["id"] == conversation and row["topic"])


def test_messages_are_read_also_when_the_worker_is_killed(own_desk: Desk) -> None:
    own_desk.start()
    cast = assemble(own_desk)
    cast.shell(ON)
    with inbox(own_desk, cast.ada) as ada, messenger(own_desk) as bea, messenger(own_desk) as cy:
        first = begin(bea, "I was charged twice for the same order, please refund one of the payments")
        assert _topic_of(ada, first) == "Payments and charges"
        os.kill(own_desk.pid("worker"), signal.SIGKILL)
        second = begin(cy, "How do I cancel my subscription before it renews?")
        assert _topic_of(ada, second) == "Cancelling a subscription"
    assert "COUNT 2 2 2" in cast.shell(COUNT)
