"""`bin/manage index_search`: make everything findable that is not yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from conversations import search

BATCH = 1000


class Command(BaseCommand):
    """Goes through parts in their order, so that it can be stopped and started again."""

    help = (
        "Index messages and notes that search does not know yet, such as those of an import. New ones are indexed as "
        "they come, so a desk in use never needs this."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="empty the index first; search finds less meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            search.clear()
        done, last = 0, None
        while parts := search.missing(last, BATCH):
            search.index(parts)
            done, last = done + len(parts), parts[-1]
            if options["verbosity"] > 1:
                self.stdout.write(f"{done:,} indexed")
        self.stdout.write(f"{done:,} messages and notes indexed.")
