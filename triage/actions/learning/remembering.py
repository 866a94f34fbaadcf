"""Beside a model's file: its card, and what it answered while rows were held out, for the next comparison.

Rows are named by where they came from (c12: conversation 12), never by what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from triage import artefacts
from triage.actions.learning.answers import Answer
from triage.models import ModelVersion

if TYPE_CHECKING:
    from triage.learning import Classifier

STRAY = timedelta(hours=1)  # after which a file that no row names was left by a process that died


def remember(model: Classifier, answers: Mapping[str, Answer], name: str, card: Mapping[str, Any]) -> str:
    """Write the model under `name`, whole or not at all; its sha256 (hex)."""
    from triage.learning import save

    held = {key: [answer.label, round(answer.probability, 4), answer.sure] for key, answer in answers.items()}
    return save(model, artefacts.path_of(name), card={**card, "held_out": held})


def recall(version: ModelVersion) -> dict[str, Answer]:
    """What the version answered while it was tested; nothing where that is not known."""
    try:
        card = json.loads(artefacts.path_of(f"{version.file}.json").read_text())
        return {key: Answer(label, share, sure) for key, (label, share, sure) in card.get("held_out", {}).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def forgotten_files(now: datetime) -> int:
    """Remove what died half-way; how many files."""
    return artefacts.discard_unknown((now - STRAY).timestamp())
