"""Who acts in tests of the sockets: three agents and a site, on a real desk."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.desk import Desk

PEOPLE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from conversations.models import Touchpoint
from people.models import Agent, Team
site, _ = Touchpoint.objects.get_or_create(key="test", defaults={"name": "Test shop"})
key, _ = site.keys.get_or_create(kid="k1", defaults={"secret": "s" * 40})
billing, _ = Team.objects.get_or_create(name="Test billing")
def login(name, role, *teams):
    agent = Agent.objects.filter(email=f"{name}@wire.example").first()
    agent = agent or Agent.objects.create_user(f"{name}@wire.example", None, name=name.title(), role=role)
    agent.teams.set(teams)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(agent.pk), agent.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return session.session_key
people = {"ada": login("ada", "admin"), "ben": login("ben", "agent", billing), "cara": login("cara", "agent")}
print("PEOPLE" + json.dumps({**people, "billing": billing.pk}))
"""


@dataclass(frozen=True)
class Cast:
    desk: Desk
    ada: str  # an admin's session
    ben: str  # of an agent in Billing
    cara: str  # of an agent in no team
    billing: int

    def shell(self, code: str) -> str:
        return self.desk.manage("shell", "-v0", "-c", code)


def assemble(desk: Desk) -> Cast:
    said = desk.manage("shell", "-v0", "-c", PEOPLE)
    return Cast(desk, **json.loads(said.partition("PEOPLE")[2].splitlines()[0]))
