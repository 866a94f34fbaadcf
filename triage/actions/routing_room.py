"""Who could take work now, and what waits for them: rows as the policy wants to see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Max, QuerySet, Value, When

from conversations.models import Conversation, Kind, Part, Priority, State
from people.models import Agent
from triage.models import Decision, TeamRouting, Verdict
from triage.policy import HEAD_START, SHARE_OF, AgentView, Room, TeamRule, Waiting

SURE = 0.7  # from here on the language of what they write counts for more than the one they once chose
_SOME = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def has_work() -> bool:
    """Whether anything waits in a team that assigns by itself: the question that is asked most, and mostly denied."""
    return _unassigned().filter(team__routing__assigns=True).exists()


def read_room(now: datetime) -> Room:
    """Teams that assign by themselves and their agents with all they have now. Locks the agents' rows until the
    transaction ends: nobody leaves or changes teams meanwhile, while they can still write and claim."""
    rules = {each.pk: each for each in TeamRouting.objects.filter(assigns=True)}
    members = Agent.teams.through.objects.filter(team__in=rules)
    them = Agent.objects.filter(pk__in=members.values("agent"), is_active=True).order_by("pk")
    views = _views(list(them.select_for_update(no_key=True)), now)
    teams: dict[int, list[AgentView]] = {key: [] for key in rules}
    for team, agent in members.order_by("agent").values_list("team", "agent"):
        if agent in views:
            teams[team].append(views[agent])
    return Room(teams, {key: TeamRule(rule.limit, rule.patience * 60.0) for key, rule in rules.items()})


def queue_of(room: Room, passed: Collection[int]) -> Iterator[list[Waiting]]:
    """What waits in teams where somebody has room, the next first, some at a time."""
    teams = [team for team in room.agents if room.has_space(team)]
    rows = _in_place(_unassigned().filter(team__in=teams).exclude(pk__in=passed)).select_related("customer")
    found = rows.iterator(_SOME)
    while some := list(islice(found, _SOME)):
        yield _waiting(some)


def _unassigned() -> QuerySet[Conversation]:
    return Conversation.objects.waiting().unassigned().filter(last_number__gt=0, merged_into=None)


def _in_place(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """As `policy.place` sorts them."""
    starts = [When(priority=each, then=Value(timedelta(seconds=HEAD_START[each]))) for each in Priority.values]
    ahead = Case(*starts, output_field=DurationField())
    return rows.order_by(ExpressionWrapper(F("waiting_since") - ahead, DurationField()), "pk")


def _waiting(rows: Sequence[Conversation]) -> list[Waiting]:
    keys = [row.pk for row in rows]
    written = dict(
        Verdict.objects.filter(conversation__in=keys, is_last=True, language_probability__gte=SURE).values_list(
            "conversation", "language"
        )
    )
    gave_back = _gave_back(keys)
    return [
        Waiting(
            row.pk,
            row.team_id or 0,
            row.priority,
            (row.waiting_since or _LONG_AGO).timestamp(),
            written.get(row.pk) or row.customer.language,
            frozenset(gave_back.get(row.pk, ())),
        )
        for row in rows
    ]


def _gave_back(keys: Sequence[int]) -> Mapping[int, set[int]]:
    """Agents from whom a person took a conversation without giving it to somebody else."""
    found: dict[int, set[int]] = {}
    events = Part.objects.filter(conversation__in=keys, kind=Kind.EVENT, event="assigned", author_kind="agent")
    for key, facts in events.values_list("conversation", "data"):
        if facts.get("to") is None and facts.get("was"):
            found.setdefault(key, set()).add(int(facts["was"]["id"]))
    return found


def _views(rows: Sequence[Agent], now: datetime) -> dict[int, AgentView]:
    """What they have is read after their locks were taken, so that it is what stands."""
    keys = [row.pk for row in rows]
    open_now, given = _open_by_team(keys), _given(keys, now)
    views = {}
    for row in rows:
        count, last = given.get(row.pk, (0, _LONG_AGO))
        mine = open_now.get(row.pk, {})
        views[row.pk] = AgentView(
            key=row.pk,
            name=str(row),
            presence=row.availability,
            languages=frozenset(row.languages),
            capacity=row.capacity,
            open=sum(mine.values()),
            open_by_team={team: number for team, number in mine.items() if team is not None},
            given=count,
            idle_since=max(last, row.available_since or row.created_at).timestamp(),
        )
    return views


def _open_by_team(keys: Collection[int]) -> dict[int, dict[int | None, int]]:
    load = Conversation.objects.filter(assignee__in=keys, state=State.OPEN, last_number__gt=0, merged_into=None)
    found: dict[int, dict[int | None, int]] = {}
    for agent, team, count in load.values_list("assignee", "team").annotate(Count("pk")).order_by():
        if agent is not None:
            found.setdefault(agent, {})[team] = count
    return found


def _given(keys: Collection[int], now: datetime) -> dict[int, tuple[int, datetime]]:
    """How many each was given in the last day, and when the last one."""
    since = now - timedelta(seconds=SHARE_OF)
    rows = Decision.objects.filter(agent__in=keys, kind=Decision.Kind.AGENT, created_at__gt=since)
    counted = rows.values_list("agent").annotate(Count("pk"), Max("created_at")).order_by()
    return {agent: (count, last) for agent, count, last in counted if agent is not None}
