"""The first day: topics, examples and a model that come with Parley."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations import relay
from conversations.models import Topic
from people.models import Role
from tests.conversations.desk import LATER, NOON, agent, conversation, says, team
from tests.triage.learning_desk import about, corrected, topics
from triage import actions, artefacts
from triage.actions import TooLittleHistory
from triage.artefacts import Loaded
from triage.models import Correction, Desk, Example, ModelVersion, TopicProfile, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Any) -> None:
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()


def test_one_call_gives_topics_examples_and_a_model_that_works() -> None:
    billing = team("billing")
    done = actions.install_starter(by=agent(role=Role.MANAGER), now=NOON)
    assert (done.topics, Topic.objects.count(), TopicProfile.objects.count()) == (30, 30, 30)
    assert done.examples == Example.objects.count() > 500
    assert TopicProfile.objects.get(key="refund").team == billing
    model = artefacts.current()
    assert isinstance(model, Loaded)
    assert model.priority is not None
    Desk.objects.create(mode=Desk.Mode.ON)
    where = conversation()
    says(where, "I was charged twice for the same order, please give the second payment back")
    while relay.work_off(LATER):
        pass
    assert actions.decide_waiting(lambda: LATER) == 1
    where.refresh_from_db()
    assert where.topic == TopicProfile.objects.get(key="payments").topic


def test_doing_it_again_changes_nothing() -> None:
    boss = agent(role=Role.MANAGER)
    actions.install_starter(by=boss, now=NOON)
    Topic.objects.filter(profile__key="refund").update(name="Money back")
    again = actions.install_starter(by=boss, now=LATER)
    assert (again.topics, again.examples, again.version) == (0, 0, None)
    assert Topic.objects.filter(profile__key="refund").get().name == "Money back"
    assert ModelVersion.objects.count() == 1


def test_topics_of_the_desk_are_kept_under_their_names() -> None:
    own = Topic.objects.create(name="refunds", description="Ours")
    done = actions.install_starter(by=agent(role=Role.ADMIN), now=NOON)
    assert done.topics == 29
    own.refresh_from_db()
    assert (own.description, own.profile.key) == ("Ours", "refund")


@pytest.mark.parametrize(
    ("language", "name"), [("sv", "Avbeställa"), ("id", "Membatalkan pesanan"), ("pt-br", "Cancelling an order")]
)
def test_topics_come_in_the_managers_language(language: str, name: str) -> None:
    actions.install_starter(by=agent(role=Role.MANAGER), now=NOON, language=language)
    assert Topic.objects.filter(name=name).exists()


def test_agents_do_not_change_topics() -> None:
    with pytest.raises(Exception, match=r"(?i)manager"):
        actions.install_starter(by=agent(), now=NOON)
    assert not Topic.objects.exists()


def test_a_rehearsal_reads_only_what_it_did_not_learn_from() -> None:
    made = topics()
    for topic in made.values():
        TopicProfile.objects.create(topic=topic)
    weeks = [NOON + timedelta(weeks=week) for week in range(4)]
    for week, at in enumerate(weeks):
        for name, topic in made.items():
            for seed in range(6):
                corrected(about(name, 100 * week + seed, at=at), topic, at=at)
    told: list[float] = []
    done = actions.rehearse(weeks[3], now=weeks[3] + timedelta(days=3), progress=lambda share, _: told.append(share))
    assert (done.learnt, done.read) == (54, 18)
    assert done.version.state == ModelVersion.State.CHAMPION
    assert {each.created_at for each in Verdict.objects.all()} == {weeks[3]}
    judged = Correction.objects.filter(verdict__isnull=False)
    assert judged.count() == 18
    assert all(each.is_confirmation == (each.topic_id == each.verdict.topic_id) for each in judged if each.verdict)
    assert judged.filter(is_confirmation=True).count() >= 15
    assert told == sorted(told)
    assert told[-1] == 1.0
    again = actions.rehearse(weeks[3], now=weeks[3] + timedelta(days=4))
    assert again.read == 0
    assert again.version.state == ModelVersion.State.CHALLENGER


def test_too_little_history_is_said() -> None:
    made = topics()
    for name, topic in made.items():
        corrected(about(name, 1), topic)
    with pytest.raises(TooLittleHistory, match=r"3 conversations .* at least 40"):
        actions.rehearse(LATER, now=LATER)
    assert not ModelVersion.objects.exists()
