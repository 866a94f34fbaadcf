"""`bin/manage backup FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import archive


class Command(BaseCommand):
    """Everything the desk knows, in one file; the desk may be in use meanwhile."""

    help = "Write the database, the attachments and the signing key into one file. The desk may be in use meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """One argument."""
        parser.add_argument("file", type=Path, help="file to write, such as parley.tar; keep it as secret as the desk")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write it."""
        try:
            archive.write(file.absolute(), self.stdout.write)
        except (archive.ArchiveError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"written: {file}")
