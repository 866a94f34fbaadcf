"""The core works alone: nothing in it knows which packages stand beside it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from helpdesk.state import CHECKOUT
from tests.desk import clean_environment
from tests.settings import TEST_STATE

pytestmark = pytest.mark.django_db

POST = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
call_command("check", fail_level="WARNING")
from conversations import actions, relay, tasks
from tests.conversations.desk import agent, conversation, replies, says
with transaction.atomic():
    where, anna = conversation(), agent()
    says(where, "Hello")
    replies(where, anna, "Good day")
    actions.close(where, by=anna, now=timezone.now())
    served = relay.work_off(timezone.now())
    print(sorted(config.name for config in apps.get_app_configs() if "." not in config.name))
    print(list(where.parts.in_order().values_list("number", "kind", "event")), served)
    transaction.set_rollback(True)
"""


def test_conversations_work_with_every_sibling_removed() -> None:
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["HOST"]
    env = clean_environment(
        DJANGO_SETTINGS_MODULE="tests.alone",
        PARLEY_STATE=str(TEST_STATE.root),
        DATABASE_URL=f"postgresql:///{name}?host={host}&user=parley",
        REDIS_URL=settings.REDIS_URL,
    )
    done = subprocess.run(
        [sys.executable, "-c", POST], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    installed, parts = done.stdout.splitlines()[-2:]
    assert not {"helpdesk", "automation", "sla", "surveys", "transports", "triage", "reports"} & set(eval(installed))
    expected = [(1, "message", ""), (2, "message", ""), (3, "event", "assigned"), (4, "event", "closed")]
    assert parts == f"{expected} 4"
