"""The inbox's lists: what each view holds, in which order, page by page.

Pages are taken by keyset: a cursor names the row a page ended at, so the thousandth page costs what the first does, and
rows that come or go in between neither repeat nor hide others. Cursors are signed; nobody needs to know what is inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations import serializers
from conversations.errors import BadRequest, NotFound
from conversations.models import Conversation, State
from conversations.models.conversation import ConversationQuerySet
from people.models import Agent, Team

PAGE = 50
Select = Callable[[ConversationQuerySet, Agent], ConversationQuerySet]


@dataclass(frozen=True, slots=True)
class Order:
    """A sort column and its direction; the primary key breaks ties the same way."""

    name: str
    column: str
    descending: bool

    def by(self, *, backwards: bool) -> tuple[str, str]:
        sign = "-" if self.descending != backwards else ""
        return sign + self.column, sign + "pk"

    def beyond(self, key: tuple[datetime, int], *, backwards: bool) -> Q:
        """Rows past `key`, as one row comparison an index can start from."""
        at, pk = key
        side = "lt" if self.descending != backwards else "gt"
        tie = Q(**{self.column: at, f"pk__{side}": pk})
        return Q(**{f"{self.column}__{side}e": at}) & (Q(**{f"{self.column}__{side}": at}) | tie)


NEWEST = Order("newest", "last_part_at", descending=True)
LONGEST_WAITING = Order("waiting", "waiting_since", descending=False)


@dataclass(frozen=True, slots=True)
class View:
    slug: str
    title: str | Promise
    select: Select
    order: Order = NEWEST


_FIXED = (
    View("waiting", _("Waiting"), lambda all_, agent: all_.waiting(), LONGEST_WAITING),
    View("mine", _("Mine"), lambda all_, agent: all_.open().assigned_to(agent)),
    View("unassigned", _("Unassigned"), lambda all_, agent: all_.open().unassigned()),
    View("mentions", _("Mentions"), lambda all_, agent: all_.exclude(state=State.CLOSED).mentioning(agent)),
    View("all", _("All open"), lambda all_, agent: all_.open()),
    View("snoozed", pgettext_lazy("view", "Snoozed"), lambda all_, agent: all_.snoozed()),
    View("closed", pgettext_lazy("view", "Closed"), lambda all_, agent: all_.closed()),
)
VIEWS: Mapping[str, View] = {view.slug: view for view in _FIXED}
DEFAULT = "all"  # newest first: what has just been written stands on top, without looking for it
TEAM = "team-"


def team_view(team: Team) -> View:
    return View(f"{TEAM}{team.pk}", team.name, lambda all_, agent: all_.open().for_team(team))


def view_named(slug: str, agent: Agent) -> View:
    """The view an address names.

    Raises:
        NotFound: there is none, or it belongs to a team whose conversations `agent` may not see.
    """
    if slug in VIEWS:
        return VIEWS[slug]
    key = slug.removeprefix(TEAM)
    teams = teams_of(agent)
    team = next((team for team in teams if str(team.pk) == key), None) if slug != key else None
    if team is None:
        raise NotFound
    return team_view(team)


def teams_of(agent: Agent) -> list[Team]:
    """The teams whose lists an agent can open."""
    return list(Team.objects.all() if agent.sees_everything else agent.teams.all())


@dataclass(frozen=True, slots=True)
class Page:
    conversations: list[Conversation]
    first: str | None  # cursors of its ends; None when it is empty
    last: str | None
    more: bool  # whether there is anything beyond it, in the direction of reading


def page(view: View, agent: Agent, *, after: str | None = None, before: str | None = None, size: int = PAGE) -> Page:
    """`size` rows of a view from its top, after a cursor, or before one.

    Raises:
        BadRequest: the cursor is not one of ours for this view.
    """
    backwards = before is not None
    found = view.select(Conversation.objects.visible_to(agent).filter(last_number__gt=0), agent)
    if cursor := before or after:
        found = found.filter(view.order.beyond(_opened(cursor, view), backwards=backwards))
    found = found.select_related(*serializers.ROW_RELATIONS).prefetch_related("tags")
    rows = list(found.order_by(*view.order.by(backwards=backwards))[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    first, last = (_sealed(rows[0], view), _sealed(rows[-1], view)) if rows else (None, None)
    return Page(rows, first, last, more)


def _sealed(row: Conversation, view: View) -> str:
    at: datetime = getattr(row, view.order.column)
    return signing.dumps([at.isoformat(), row.pk], salt=f"cursor:{view.slug}")


def _opened(cursor: str, view: View) -> tuple[datetime, int]:
    try:
        at, pk = signing.loads(cursor, salt=f"cursor:{view.slug}")
    except signing.BadSignature:
        raise BadRequest(
            "invalid_cursor", _("This list has changed its order; start at its top."), field="cursor"
        ) from None
    return datetime.fromisoformat(at), pk
