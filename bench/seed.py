"""Fill an empty desk with agents whose sessions are open and with sites, and print what the clients need to know."""

from __future__ import annotations

import argparse
import json
import os
import secrets

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

from conversations.models import Touchpoint  # noqa: E402 - Django first
from conversations.replay.sessions import cookie_for  # noqa: E402
from people.models import Agent, Availability, Role, Team  # noqa: E402

RUN = secrets.token_hex(3)  # a state directory may be used again


def _agent(number: int, role: Role) -> Agent:
    return Agent.objects.create(
        email=f"{role}-{number}-{RUN}@bench.example",
        name=f"{role.label} {number}",
        role=role,
        availability=Availability.ONLINE,
    )


def _team(number: int) -> tuple[Touchpoint, Agent]:
    team = Team.objects.create(name=f"Team {number} {RUN}")
    agent = _agent(number, Role.AGENT)
    agent.teams.add(team)
    return Touchpoint.objects.create(key=f"bench-{number}-{RUN}", name=f"Site {number}", team=team), agent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--teams", type=int, required=True)
    parser.add_argument("--managers", type=int, required=True)
    given = parser.parse_args()
    teams = [_team(number) for number in range(given.teams)]
    managers = [_agent(number, Role.MANAGER) for number in range(given.managers)]
    print(
        json.dumps(
            {
                "sites": [site.key for site, _ in teams],
                "agents": [cookie_for(agent) for _, agent in teams],
                "managers": [cookie_for(agent) for agent in managers],
            }
        )
    )


if __name__ == "__main__":
    main()
