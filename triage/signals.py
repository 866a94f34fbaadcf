"""What siblings may hear of triage. Sent only from actions, after the commit."""

from __future__ import annotations

from django.dispatch import Signal

# `verdicts` (primary keys): conversations were read. Webhooks take `triage.serializers.verdict_json` of each.
verdicts_given = Signal()

# `run` (primary key): a training waits for a worker.
training_asked = Signal()

# `batch` (primary key): a file waits to be read.
import_asked = Signal()
