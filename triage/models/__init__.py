"""What the desk told triage, what triage said, and what people made of it."""

from triage.models.learning import Desk, ModelVersion, TrainingRun
from triage.models.routing import Decision, TeamRouting
from triage.models.taxonomy import Example, Import, TopicProfile
from triage.models.verdict import Case, Correction, Sentiment, Verdict

__all__ = [
    "Case",
    "Correction",
    "Decision",
    "Desk",
    "Example",
    "Import",
    "ModelVersion",
    "Sentiment",
    "TeamRouting",
    "TopicProfile",
    "TrainingRun",
    "Verdict",
]
