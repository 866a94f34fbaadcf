"""From a message to a verdict and what follows from it, with a real model."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from conversations import actions as talk
from conversations.models import Conversation, Part, Priority, Topic
from conversations.parts import SYSTEM
from people.models import Role
from tests.conversations.desk import LATER, agent, conversation, customer, events, replies, says, team
from tests.triage.learning_desk import sentence
from tests.triage.readers import Reader, reader
from triage import actions, artefacts, reading
from triage.models import Case, Correction, Decision, Desk, ModelVersion, Verdict
from triage.signals import verdicts_given

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Any) -> None:
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()


@pytest.fixture
def desk(models: None, db: None) -> Reader:
    return reader()


def asks(text: str, **fields: Any) -> Conversation:
    where = conversation(**fields)
    says(where, text)
    return where


def last(where: Conversation) -> Verdict:
    return Verdict.objects.get(conversation=where, is_last=True)


def test_a_message_gets_a_topic_a_team_and_the_reasons(desk: Reader) -> None:
    where = asks("Please refund my order, I want my money back. Reimburse me")
    assert desk.read() == 1
    verdict = last(where)
    assert (verdict.topic, verdict.is_sure, verdict.language) == (desk.topics["Refund"], True, "en")
    assert verdict.topic_probability >= verdict.threshold
    assert any("refund" in reason["text"] or "money" in reason["text"] for reason in verdict.reasons["topic"])
    assert {"topic", "team"} <= set(verdict.applied)
    where.refresh_from_db()
    assert (where.topic, where.team) == (desk.topics["Refund"], desk.teams["Refund"])
    assert events(where)[0][0] == "topic_set"
    assert events(where)[0][1]["why"] == "triage"
    told = Decision.objects.get(conversation=where)
    assert (told.kind, told.team) == ("team", desk.teams["Refund"])
    assert told.reasons[0]["code"] == "topic_team"
    assert desk.read() == 0


def test_what_it_is_not_sure_of_goes_to_people(desk: Reader) -> None:
    where = asks("what lovely music and flowers in the garden")
    desk.read()
    verdict = last(where)
    assert not verdict.is_sure
    where.refresh_from_db()
    assert (where.topic, where.team) == (None, desk.unsure)
    assert Decision.objects.get(conversation=where).kind == "abstained"


def test_people_come_first(desk: Reader) -> None:
    where, boss, mine = asks(sentence("Refund", 901)), agent("Boss", role=Role.MANAGER), team("Mine")
    talk.set_topic(where, desk.topics["Login"], by=boss, now=LATER)
    talk.route(where, to=mine, by=boss, now=LATER)
    talk.set_priority(where, Priority.LOW, by=boss, now=LATER)
    desk.read()
    where.refresh_from_db()
    assert (where.topic, where.team, where.priority) == (desk.topics["Login"], mine, Priority.LOW)
    assert last(where).topic == desk.topics["Refund"]


def test_anger_raises_the_priority_and_asks_for_a_higher_tier(desk: Reader) -> None:
    experts = team("Refund experts", specialty="Refund", tier=2)
    calm, cross = (
        asks(sentence("Refund", 902)),
        asks("THIS IS A SCANDAL!!! I want my refund and my money back NOW, you are thieves and liars, I am furious!!!"),
    )
    desk.read()
    assert last(cross).anger > last(calm).anger
    assert last(cross).sentiment == -2
    assert last(cross).priority > last(calm).priority
    cross.refresh_from_db()
    assert cross.team == experts
    assert cross.priority >= Priority.HIGH


def test_a_later_message_changes_the_picture(desk: Reader) -> None:
    where = asks("a poem about the garden and the sea")
    desk.read()
    assert not last(where).is_sure
    says(where, sentence("Login", 903), now=LATER)
    desk.read()
    where.refresh_from_db()
    assert (where.topic, where.team) == (desk.topics["Login"], desk.teams["Login"])
    assert Verdict.objects.filter(conversation=where).count() == 2
    assert last(where).number == max(
        Part.objects.filter(conversation=where, author_kind="customer").values_list("number", flat=True)
    )


def test_somebody_who_answers_keeps_it(desk: Reader) -> None:
    where, ada = asks(sentence("Refund", 904)), agent("Ada", role=Role.ADMIN)
    desk.read()
    replies(where, ada, "Gladly", now=LATER)
    says(where, sentence("Login", 905) + " " + sentence("Login", 906), now=LATER)
    desk.read()
    where.refresh_from_db()
    assert where.team == desk.teams["Refund"]
    assert last(where).topic == desk.topics["Login"]  # the picture changed, and everybody can see it


def test_priority_is_only_raised_later(desk: Reader) -> None:
    where = asks("URGENT!!! fraud, my account is hacked and money is stolen, the account is locked out")
    desk.read()
    first = last(where).priority
    says(where, "thanks", now=LATER)
    desk.read()
    where.refresh_from_db()
    assert where.priority == first > Priority.NORMAL


def test_what_is_split_off_keeps_the_priority_a_person_chose(desk: Reader) -> None:
    where, boss = asks(sentence("Refund", 912)), agent("Boss", role=Role.MANAGER)
    talk.set_priority(where, Priority.URGENT, by=boss, now=LATER)
    apart = talk.split(where, numbers=[1], by=boss, now=LATER)
    desk.read()
    apart.refresh_from_db()
    assert last(apart).priority < apart.priority == Priority.URGENT
    assert apart.team == desk.teams["Refund"]


def test_watching_changes_nothing(desk: Reader) -> None:
    Desk.objects.update(mode=Desk.Mode.SHADOW)
    where = asks(sentence("Refund", 907))
    desk.read()
    where.refresh_from_db()
    assert (where.topic, where.team, events(where)) == (None, None, [])
    assert (last(where).topic, last(where).applied) == (desk.topics["Refund"], [])
    assert not Decision.objects.exists()


def test_without_a_model_everything_else_is_read(desk: Reader) -> None:
    artefacts.path_of("reader.skops").unlink()
    where = asks("URGENT! " + sentence("Refund", 908))
    desk.read()
    verdict = last(where)
    assert (verdict.topic, verdict.is_sure, verdict.language) == (None, False, "en")
    assert "missing" in verdict.problem
    where.refresh_from_db()
    assert where.team == desk.unsure


def test_a_watching_model_is_asked_too(desk: Reader) -> None:
    champion = ModelVersion.objects.get()
    champion.pk, champion.state, champion.file = None, "shadow", "other.skops"
    artefacts.path_of("other.skops").write_bytes(artefacts.path_of("reader.skops").read_bytes())
    champion.save()
    where = asks(sentence("Delivery", 909))
    desk.read()
    said = last(where).shadow
    assert (said["model"], said["topic"], said["sure"]) == (champion.pk, desk.topics["Delivery"].pk, True)


def test_one_that_cannot_be_read_holds_up_no_other(desk: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = asks(sentence("Refund", 910)), asks(sentence("Login", 911))
    honest = reading.read

    def read(questions: Any, *args: Any, **options: Any) -> Any:
        if any(question.conversation == bad for question in questions):
            raise RuntimeError("a judge fell ill")
        return honest(questions, *args, **options)

    monkeypatch.setattr(reading, "read", read)
    desk.read()
    assert last(good).topic == desk.topics["Login"]
    case = Case.objects.get(conversation=bad)
    assert (case.attempts, case.read_number, "fell ill" in case.problem) == (1, 0, True)
    assert case.due_at > LATER
    monkeypatch.undo()
    assert actions.decide_waiting(lambda: LATER + timedelta(minutes=1)) == 1
    assert last(bad).topic == desk.topics["Refund"]


def test_similar_conversations_are_found(desk: Reader) -> None:
    before = asks("My parcel never arrived and the tracking shows nothing at all")
    desk.read()
    asks("How do I change my password on the new phone, I am locked out")
    where = asks("The parcel never arrived, and tracking shows nothing")
    desk.read()
    assert last(where).similar[:1] == [before.pk]


def test_siblings_hear_of_verdicts(desk: Reader, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[int] = []

    def hear(sender: object, *, verdicts: list[int], **_: object) -> None:
        heard.extend(verdicts)

    verdicts_given.connect(hear)
    where = asks(sentence("Refund", 912))
    with django_capture_on_commit_callbacks(execute=True):
        desk.read()
    verdicts_given.disconnect(hear)
    assert heard == [last(where).pk]


def test_the_plan_hurries(desk: Reader) -> None:
    Desk.objects.update(plans={"Gold": 2.0})
    plain, golden = asks(sentence("Refund", 913)), asks(sentence("Refund", 913), whose=customer(plan="gold"))
    desk.read()
    assert last(golden).priority > last(plain).priority
    assert any(
        "gold" in reason["text"].lower() or "plan" in reason["text"] for reason in last(golden).reasons["priority"]
    )


def test_a_batch_costs_few_queries(desk: Reader, django_assert_max_num_queries: Any) -> None:
    for seed in range(20):
        asks(sentence("Refund", 920 + seed))
    desk.read()
    for seed in range(20):
        asks(sentence("Login", 940 + seed))
    from conversations import relay

    while relay.work_off(LATER):
        pass
    with django_assert_max_num_queries(40):
        assert actions.decide_waiting(lambda: LATER) == 20


def test_odd_messages_get_a_verdict(desk: Reader) -> None:
    odd = ["?", "😀😀😀", "ok", "x" * 9_000, "مرحبا كيف حالك", "   .", "1234567890"]
    made = [asks(text) for text in odd]
    assert desk.read() == len(odd)
    assert {where.pk for where in made} == set(Verdict.objects.values_list("conversation", flat=True))


@pytest.mark.django_db(transaction=True)
def test_many_workers_read_each_conversation_once(models: None) -> None:
    desk = reader()
    made = [asks(sentence("Refund", 960 + seed)) for seed in range(30)]
    from conversations import relay

    while relay.work_off(LATER):
        pass
    failures: list[Exception] = []

    def work() -> None:
        try:
            actions.decide_waiting(lambda: LATER)
        except Exception as problem:  # noqa: BLE001 - told to the test
            failures.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Verdict.objects.count() == len(made)
    for where in made:
        assert [name for name, _ in events(where)].count("topic_set") == 1
    assert desk.desk.mode == Desk.Mode.ON


def test_corrections_know_which_verdict_they_correct(desk: Reader) -> None:
    where, boss = asks(sentence("Refund", 990)), agent("Boss", role=Role.MANAGER)
    desk.read()
    talk.set_topic(where, desk.topics["Login"], by=boss, now=LATER)
    desk.read()
    correction = Correction.objects.get(field="topic")
    assert (correction.verdict, correction.topic) == (last(where), desk.topics["Login"])
    actions_of_the_desk = [talk.Settling(where.pk, desk.topics["Refund"].pk)]
    assert talk.settle(actions_of_the_desk, by=SYSTEM, now=LATER) == {where.pk: frozenset()}


def test_a_topic_that_is_gone_disables_the_model_and_says_so(desk: Reader) -> None:
    Topic.objects.filter(name="Delivery").delete()
    where = asks(sentence("Refund", 991))
    desk.read()
    assert "topics" in last(where).problem
