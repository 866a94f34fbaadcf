"""Make the tutorial's table."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.tutorial.settings")

import django
from django.db import connection

if __name__ == "__main__":
    django.setup()
    from bench.tutorial.models import Message

    with connection.schema_editor() as editor:
        editor.create_model(Message)
