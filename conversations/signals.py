"""What siblings may hear of. Sent only from actions, after the commit; each receiver enqueues one
task and does nothing else."""

from __future__ import annotations

from django.dispatch import Signal

# Rows of the outbox were worked off: `parts` (primary keys of parts), in commit order.
parts_posted = Signal()
