"""`bin/manage demo_desk`: fill an empty desk with a shop's eight weeks of conversations."""

from __future__ import annotations

import json
import os
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from conversations.management.demo.guests import invite
from conversations.management.demo.house import Login, furnish
from conversations.management.demo.plan import make_plan
from conversations.management.demo.play import Play
from conversations.management.progress import Bar
from conversations.models import Conversation
from people.models import Agent, Customer

SEED = 20_261_116


class Command(BaseCommand):
    """All of it in one transaction: there is a whole demo desk or none."""

    help = (
        "Fill an empty desk with Northwind, an invented shop: agents, teams, customers and eight weeks of "
        "conversations. The sign-ins are written to demo.json in the state directory. A desk where somebody works "
        "already is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED, help="another number tells other stories")

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        if Agent.objects.exists():
            self.stdout.write("This desk is not empty: somebody works here already. Nothing was changed.")
            return
        seconds = self._play(seed)
        conversations, customers = Conversation.objects.count(), Customer.objects.count()
        self.stdout.write(f"{conversations:,} conversations with {customers:,} customers in {seconds:.1f} s")

    def _play(self, seed: int) -> float:
        now = timezone.now()
        plan = make_plan(now, seed)
        chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        with transaction.atomic():
            house = furnish(now)
            play = Play(house, invite(plan, chance), plan, chance)
            bar = Bar(len(play.steps), "steps")
            play.perform(bar.show)
            play.leave_traces()
        bar.end()
        write_logins(settings.STATE.demo, list(house.logins))
        return bar.seconds


def write_logins(path: Path, logins: list[Login]) -> None:
    """For nobody's eyes but the owner's."""
    text = json.dumps({"logins": [asdict(login) for login in logins]}, indent=1)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
