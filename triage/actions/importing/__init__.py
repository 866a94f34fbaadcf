"""Past messages with their topics, from a file: each file once, each message once, and on where it stopped."""

from triage.actions.importing.receiving import FileTooLong, choose, receive, start_over
from triage.actions.importing.tables import LARGEST, MOST_ROWS, BadTable, Look, look_at, values_of
from triage.actions.importing.working import place_of, revive_imports, run_import

__all__ = [
    "LARGEST",
    "MOST_ROWS",
    "BadTable",
    "FileTooLong",
    "Look",
    "choose",
    "look_at",
    "place_of",
    "receive",
    "revive_imports",
    "run_import",
    "start_over",
    "values_of",
]
