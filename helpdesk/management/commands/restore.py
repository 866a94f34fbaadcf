"""`bin/manage restore FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import archive


class Command(BaseCommand):
    """The way back from a backup."""

    help = "Replace this desk by what a backup holds. Refuses a desk that is in use, unless --force is given."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and how sure one is."""
        parser.add_argument("file", type=Path, help="file that `backup` has written")
        parser.add_argument("--force", action="store_true", help="replace everything, even if the desk is in use")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        """Read it, and bring older tables up to date."""
        try:
            archive.read(file.absolute(), self.stdout.write, is_forced=force)
        except (archive.ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        self.stdout.write(f"restored: {file}")
