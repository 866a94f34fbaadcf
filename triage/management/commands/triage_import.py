"""Teach triage from past messages in a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from conversations.errors import Refusal
from conversations.models import Topic
from triage import actions
from triage.models import Import


class Command(BaseCommand):
    help = "Take past messages with their topics from a CSV, JSONL or Parquet file as examples."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which columns, and what becomes of topics that the desk does not have."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--text", help="column of the message; several with commas between")
        parser.add_argument("--topic", help="column of its topic")
        parser.add_argument("--priority", default="", help="column of its priority")
        parser.add_argument(
            "--map", action="append", default=[], metavar="VALUE=TOPIC", help="TOPIC's name, or - for none"
        )
        parser.add_argument("--unknown", choices=["new", "skip"], default="new", help="topics the desk does not have")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """The same file again goes on where it stopped."""
        try:
            batch = actions.receive(_chunks(file), file.name, by=None, now=timezone.now())
            self._choose(batch, options)
            actions.start_over(batch, by=None, now=timezone.now())
            actions.run_import(batch, timezone.now)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if batch.state == Import.State.FAILED:
            raise CommandError(batch.problem)
        left = ", ".join(f"{count:,} {why}" for why, count in sorted(batch.left_out.items())) or "nothing"
        self.stdout.write(f"{batch.rows_read:,} rows read, {batch.kept:,} examples kept; left out: {left}")

    def _choose(self, batch: Import, options: dict[str, Any]) -> None:
        if batch.state != Import.State.WAITING:
            return
        look = actions.look_at(actions.place_of(batch))
        actions.choose(
            batch,
            text=[name.strip() for name in (options["text"] or look.text).split(",") if name.strip()],
            topic=options["topic"] or look.topic,
            priority=options["priority"],
            mapping=dict(_mapped(each) for each in options["map"]),
            others=options["unknown"],
            by=None,
            now=timezone.now(),
        )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            yield chunk


def _mapped(said: str) -> tuple[str, str]:
    value, _, name = said.rpartition("=")
    if name == "-":
        return value, "none"
    topic = Topic.objects.filter(Q(name__iexact=name)).first()
    if not value or topic is None:
        raise CommandError(f"--map {said}: there is no topic {name!r}; write VALUE=TOPIC with a topic of this desk")
    return value, str(topic.pk)
