"""A desk whose triage reads: topics, teams, and a model that has learnt a little."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conversations import relay
from conversations.models import Topic
from people.models import Team
from tests.conversations.desk import LATER, NOON, team
from tests.triage.learning_desk import WORDS, sentence
from triage import actions, artefacts
from triage.learning import fit, save
from triage.models import Desk, ModelVersion, TopicProfile


@dataclass(frozen=True, slots=True)
class Reader:
    """The desk, its topics and the specialist team of each."""

    desk: Desk
    topics: dict[str, Topic]
    teams: dict[str, Team]
    unsure: Team  # takes what triage is not sure of

    def read(self) -> int:
        """Serve the outbox, then read what waits; how many were read."""
        while relay.work_off(LATER):
            pass
        return actions.decide_waiting(lambda: LATER)


NONE = """
la la la
good morning to all of you
what a lovely day it is
music and weather on the radio
do you know a good recipe for soup
the cat sleeps on the chair
who won the match on Sunday
tell me a joke about horses
the train to the mountains was full
happy birthday dear neighbour
which film shall we watch
the garden is full of flowers
how tall is the tower
my sister plays the violin
it rained all afternoon
a poem about the sea
"""


@cache
def _model() -> bytes:
    """The model's file; learnt once, because that takes seconds."""
    rows: list[tuple[str, str | None]] = [(sentence(name, seed), name) for name in WORDS for seed in range(30)]
    rows += [(text, None) for text in NONE.strip().splitlines() for _ in range(2)]
    model = fit([text for text, _ in rows], [name for _, name in rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reader.skops")
        save(model, path, card={})
        return path.read_bytes()


def reader() -> Reader:
    """Three topics with a team each, and a model that knows them."""
    topics = {name: Topic.objects.create(name=name, description=words[0]) for name, words in WORDS.items()}
    teams = {name: team(f"{name} team", specialty=name) for name in topics}
    for name, topic in topics.items():
        TopicProfile.objects.create(topic=topic, team=teams[name])
    content = _model()
    artefacts.path_of("reader.skops").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    ModelVersion.objects.create(
        state="champion",
        pipeline="light",
        file="reader.skops",
        sha256=sha256,
        library=artefacts.library(),
        topics={name: topic.pk for name, topic in topics.items()},
        created_at=NOON,
    )
    unsure = team("Triage desk")
    desk = Desk.objects.create(mode=Desk.Mode.ON, triage_team=unsure, threshold=0.6)
    return Reader(desk, topics, teams, unsure)
