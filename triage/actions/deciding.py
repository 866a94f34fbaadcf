"""Read the conversations that wait to be read, say what they are about, and act on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, F, Q

from conversations import actions
from conversations.actions import Settling
from conversations.errors import first_line
from conversations.models import Conversation, Part, Priority
from conversations.parts import SYSTEM
from people.models import Agent, Team
from triage import artefacts, policy, reading
from triage.artefacts import Disabled, Loaded
from triage.models import Case, Decision, Desk, TeamRouting, TopicProfile, Verdict
from triage.signals import verdicts_given
from triage.texts import Wording, texts_of

log = logging.getLogger(__name__)

BATCH = 128
MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(seconds=30)  # after which a batch whose worker died is anybody's
DATABASE_AWAY = (OperationalError, InterfaceError)  # no conversation's fault, unlike a row that went away meanwhile


def decide_waiting(clock: Callable[[], datetime]) -> int:
    """Read until nothing waits; how many were read. Any number of workers may do this at once: each takes its own."""
    read = 0
    while count := _decide_batch(clock):
        read += count
    return read


def warm_up() -> None:
    """Load what reading needs, so that the first conversation after a start does not wait for it."""
    try:
        if Desk.current().mode != Desk.Mode.OFF:
            reading.warm_up()
    except Exception:
        log.exception("triage could not be warmed up")
    finally:
        connection.close()


def _decide_batch(clock: Callable[[], datetime]) -> int:
    """One batch together, or else each for itself, so that a bad one holds up no other."""
    desk = Desk.current()
    if desk.mode == Desk.Mode.OFF:
        return 0
    claimed = _claim(clock())
    try:
        _decide(claimed, desk, clock)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("a batch of %s verdicts failed; each is tried by itself", len(claimed))
        for key, number in claimed.items():
            _decide_alone(key, number, desk, clock)
    return len(claimed)


def _claim(now: datetime) -> dict[int, int]:
    """Conversations that nobody else reads for a while, each with the number it is to be read up to; those that never
    had a verdict before all others. No lock outlives
    this: reading takes time, and whoever posts must not wait for it."""
    with transaction.atomic():
        waiting = Case.objects.select_for_update(skip_locked=True).filter(due_number__gt=F("read_number"))
        due = waiting.filter(due_at__lte=now).alias(is_known=Q(read_number__gt=0))
        cases = list(due.order_by("is_known", "due_at", "pk")[:BATCH])
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(due_at=now + LEASE)
    return {case.pk: case.due_number for case in cases}


def _decide_alone(key: int, number: int, desk: Desk, clock: Callable[[], datetime]) -> None:
    try:
        _decide({key: number}, desk, clock)
    except DATABASE_AWAY:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is stored with the case and logged
        _postpone(key, problem, clock())


def _postpone(key: int, problem: Exception, now: datetime) -> None:
    """Later, and later still after each failure; chat goes on without a verdict."""
    log.error("no verdict for conversation %s: %s", key, first_line(problem))
    case = Case.objects.get(pk=key)
    case.attempts = min(case.attempts + 1, MOST_ATTEMPTS)
    case.due_at = now + min(timedelta(seconds=2**case.attempts), LONGEST_PAUSE)
    case.problem = first_line(problem)[:300]
    case.save(update_fields=["attempts", "due_at", "problem"])


def _decide(claimed: Mapping[int, int], desk: Desk, clock: Callable[[], datetime]) -> None:
    """Verdicts for these conversations, and what follows from them."""
    if not claimed:
        return
    view = _View.of(list(claimed), desk)
    began = clock()
    verdicts = reading.read(view.questions(began), view.model, desk, now=began)
    try:
        verdicts = _store(verdicts, claimed, view, clock)
    except OperationalError:  # the relay held a case for long, or both waited for each other: nothing was stored
        verdicts = _store(verdicts, claimed, view, clock)
    verdicts_given.send_robust(sender=Verdict, verdicts=[each.pk for each in verdicts])


def _store(
    verdicts: Sequence[Verdict], claimed: Mapping[int, int], view: _View, clock: Callable[[], datetime]
) -> list[Verdict]:
    """Those that are still true, and what follows from them."""
    with transaction.atomic():
        _lock(claimed)
        verdicts = _still_true(verdicts, view, clock())
        _keep(verdicts, claimed, clock())
        if Desk.current().mode == Desk.Mode.ON:  # it may have been switched while they were read
            _act(verdicts, view, clock())
    return verdicts


def _lock(claimed: Iterable[int]) -> None:
    list(Case.objects.select_for_update().filter(pk__in=claimed).order_by("pk").values_list("pk", flat=True))


def _still_true(verdicts: Sequence[Verdict], view: _View, now: datetime) -> list[Verdict]:
    """Without those of conversations where something was redacted while they were read: their reasons may quote it.
    They are read again at once. Counted, because the time in a redaction is when it was asked for: an erasure of a
    long history gets to a conversation much later."""
    taken = _redacted([verdict.conversation_id for verdict in verdicts])
    changed = [key for key, number in taken.items() if number != view.redacted.get(key, 0)]
    Case.objects.filter(pk__in=changed).update(due_at=now)
    return [verdict for verdict in verdicts if verdict.conversation_id not in changed]


def _redacted(keys: Sequence[int]) -> dict[int, int]:
    """How many parts of each were redacted, where any was."""
    gone = Part.objects.filter(conversation__in=keys, redacted_at__isnull=False).order_by()
    return dict(gone.values_list("conversation").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that is looked at for one batch, each kind of row read once."""

    desk: Desk
    redacted: Mapping[int, int]  # counted before anything is read
    model: Loaded | Disabled
    conversations: Mapping[int, Conversation]
    wordings: Mapping[int, Wording]
    before: Mapping[int, Verdict]
    profiles: Mapping[int, TopicProfile]
    history: Mapping[int, reading.History]
    hands: Mapping[int, frozenset[str]]  # what people decided

    @classmethod
    def of(cls, keys: Sequence[int], desk: Desk) -> _View:
        rows = Conversation.objects.filter(pk__in=keys).select_related("customer__company", "team")
        last = Verdict.objects.filter(conversation__in=keys, is_last=True)
        return cls(
            desk,
            _redacted(keys),
            artefacts.current(),
            {row.pk: row for row in rows},
            texts_of(keys),
            {row.conversation_id: row for row in last},
            {row.pk: row for row in TopicProfile.objects.select_related("topic", "team")},
            reading.histories(keys),
            actions.decided_by_hand(keys),
        )

    def questions(self, now: datetime) -> list[reading.Question]:
        return [
            reading.Question(row, self.wordings[key], self.history[key], self.profiles, now)
            for key, row in self.conversations.items()
        ]


def _keep(verdicts: Sequence[Verdict], claimed: Mapping[int, int], now: datetime) -> None:
    """Store them; what was written meanwhile is due at once."""
    keys = [verdict.conversation_id for verdict in verdicts]
    Verdict.objects.filter(conversation__in=keys, is_last=True).update(is_last=False)
    Verdict.objects.bulk_create(verdicts)
    cases = [Case(pk=key, read_number=claimed[key], due_at=now, attempts=0, problem="") for key in keys]
    Case.objects.bulk_update(cases, ["read_number", "due_at", "attempts", "problem"])


def _act(verdicts: Sequence[Verdict], view: _View, now: datetime) -> None:
    """Give conversations what their verdicts say, as far as people have not decided otherwise."""
    teams = _teams()
    choices = {each.conversation_id: _team_for(each, view, teams) for each in verdicts}
    settlings = [_settling(each, choices[each.conversation_id], view, teams) for each in verdicts]
    changed = actions.settle(settlings, by=SYSTEM, now=now)
    for verdict in verdicts:
        verdict.applied = sorted(changed.get(verdict.conversation_id, ()))
    Verdict.objects.bulk_update(verdicts, ["applied"])
    Decision.objects.bulk_create(
        decision
        for verdict in verdicts
        if (decision := _decision(verdict, choices[verdict.conversation_id], view, now)) is not None
    )


def _settling(
    verdict: Verdict, choice: policy.TeamChoice | None, view: _View, teams: Sequence[policy.TeamView]
) -> Settling:
    conversation = view.conversations[verdict.conversation_id]
    return Settling(
        verdict.conversation_id,
        topic=verdict.topic_id if verdict.is_sure else None,
        priority=_priority(verdict, conversation, is_first=conversation.pk not in view.before),
        team=choice.team if choice else None,
        why={"topic": "triage", "priority": "triage", "team": choice.code if choice else ""},
        escalated=_goes_up(conversation, choice, teams),
    )


def _goes_up(conversation: Conversation, choice: policy.TeamChoice | None, teams: Sequence[policy.TeamView]) -> bool:
    """Whether it leaves a team for one of a higher tier."""
    tiers = {each.key: each.tier for each in teams}
    before = tiers.get(conversation.team_id or 0)
    return bool(choice and before and tiers.get(choice.team or 0, 0) > before)


def _priority(verdict: Verdict, conversation: Conversation, *, is_first: bool) -> int | None:
    """The first verdict sets it, unless it came with one, as what was split off does; later ones only raise it, for
    nobody calms down by writing again."""
    if (is_first and conversation.priority == Priority.NORMAL) or verdict.priority > conversation.priority:
        return verdict.priority
    return None


def _team_for(verdict: Verdict, view: _View, teams: Sequence[policy.TeamView]) -> policy.TeamChoice | None:
    """Where it should go; None where it is in good hands: somebody has it, or has answered it."""
    conversation = view.conversations[verdict.conversation_id]
    if conversation.assignee_id is not None or (conversation.team_id and view.wordings[conversation.pk].answered):
        return None
    profile = view.profiles.get(verdict.topic_id or 0)
    facts = policy.TeamFacts(
        topic_team=profile.team_id if profile and verdict.is_sure else None,
        sure=verdict.is_sure,
        tier=max(verdict.tier, profile.tier if profile and verdict.is_sure else Team.Tier.FRONT_LINE),
        sentiment=verdict.sentiment,
        anger=verdict.anger,
        plan=reading.plan_of(conversation),
        language=verdict.language,
        current=conversation.team_id,
        is_chosen="team" in view.hands.get(conversation.pk, ()),
        triage_team=view.desk.triage_team_id,
    )
    return policy.team_for(facts, teams)


def _teams() -> list[policy.TeamView]:
    plans = dict(TeamRouting.objects.values_list("team", "plans"))
    spoken: dict[int, set[str]] = {}
    for team, languages in Agent.objects.filter(is_active=True).values_list("teams", "languages"):
        spoken.setdefault(team, set()).update(languages)
    return [
        policy.TeamView(
            team.pk,
            team.name,
            team.tier,
            team.specialty,
            tuple(plans.get(team.pk, ())),
            frozenset(spoken.get(team.pk, ())),
        )
        for team in Team.objects.all()
    ]


def _decision(verdict: Verdict, choice: policy.TeamChoice | None, view: _View, now: datetime) -> Decision | None:
    """What is worth telling: a move, or that it was left to a person."""
    if choice is None or ("team" not in verdict.applied and verdict.is_sure):
        return None
    if not verdict.is_sure and verdict.conversation_id in view.before and "team" not in verdict.applied:
        return None  # it was said before
    return Decision(
        conversation_id=verdict.conversation_id,
        kind=Decision.Kind.TEAM if verdict.is_sure else Decision.Kind.ABSTAINED,
        team_id=choice.team if "team" in verdict.applied else view.conversations[verdict.conversation_id].team_id,
        reasons=list(choice.reasons),
        candidates=list(choice.candidates),
        created_at=now,
    )
