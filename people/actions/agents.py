"""Agents come, change what they may do, and go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from people.errors import Refused
from people.models import Agent, ApiToken, Availability, Role, Team
from people.names import one_line
from people.signals import authz_changed, room_changed

_ADMINS = 0x70726C61646D  # any number that nobody else uses


def create_agent(email: str, *, name: str, role: Role, password: str, teams: Iterable[Team] = ()) -> Agent:
    """Somebody new who answers.

    Raises:
        Refused: the address is none or taken, or the password is easily guessed.
    """
    email, name = email.strip().lower(), one_line(name, 120)
    _check_email(email)
    _check_password(password, Agent(email=email, name=name))
    try:
        with transaction.atomic():
            agent = Agent.objects.create_user(email, password, name=name, role=role, **_rights(role))
            agent.teams.set(teams)
    except IntegrityError:
        raise Refused(
            "email_taken", _("There is an agent with this e-mail already."), field="email", status=409
        ) from None
    return agent


def set_availability(agent: Agent, availability: Availability, *, reason: str = "", now: datetime) -> None:
    """Whether they are there, and if not, why."""
    reason = "" if availability == Availability.ONLINE else one_line(reason, 80)
    if (agent.availability, agent.away_reason) != (availability, reason):
        since = agent.available_since if agent.availability == availability else now
        agent.availability, agent.away_reason, agent.available_since = availability, reason, since
        agent.save(update_fields=["availability", "away_reason", "available_since"])
        tell_of_room(agent)


def set_limits(agent: Agent, *, languages: Iterable[str], capacity: int) -> None:
    """What they can take: in which languages, and how many open conversations at once."""
    wanted = list(languages), capacity
    if (agent.languages, agent.capacity) != wanted:
        agent.languages, agent.capacity = wanted
        agent.save(update_fields=["languages", "capacity"])
        tell_of_room(agent)


def set_role(agent: Agent, role: Role) -> None:
    """What they may do.

    Raises:
        Refused: they are the last admin.
    """
    with transaction.atomic():
        stored = Agent.objects.select_for_update().get(pk=agent.pk)
        if stored.role != role:
            _keep_an_admin(stored)
            rights = _rights(role)
            Agent.objects.filter(pk=agent.pk).update(role=role, **rights)
            permissions_changed(agent)


def set_teams(agent: Agent, teams: Iterable[Team]) -> None:
    """Which teams' conversations are theirs."""
    wanted = set(teams)
    with transaction.atomic():
        Agent.objects.select_for_update().get(pk=agent.pk)
        if wanted != set(agent.teams.all()):
            agent.teams.set(wanted)
            permissions_changed(agent)


def deactivate(agent: Agent) -> None:
    """They left: what they wrote stays, and every door is closed to them within seconds.

    Raises:
        Refused: they are the last admin.
    """
    with transaction.atomic():
        stored = Agent.objects.select_for_update().get(pk=agent.pk)
        if stored.is_active:
            _keep_an_admin(stored)
            Agent.objects.filter(pk=agent.pk).update(is_active=False, availability=Availability.OFFLINE)
            ApiToken.objects.filter(agent=agent).delete()
            _drop_sessions(agent)
            permissions_changed(agent)


def reactivate(agent: Agent) -> None:
    """They are back."""
    with transaction.atomic():
        if Agent.objects.filter(pk=agent.pk, is_active=False).update(is_active=True):
            permissions_changed(agent)


def change_password(agent: Agent, password: str, *, keep_session: str | None = None) -> None:
    """A new password ends every session but the one it was changed in, if that is named.

    Raises:
        Refused: it is easily guessed.
    """
    _check_password(password, agent)
    with transaction.atomic():
        agent.set_password(password)
        agent.save(update_fields=["password"])
        _drop_sessions(agent, keep_session)
        permissions_changed(agent)


def permissions_changed(agent: Agent) -> None:
    """Let everything that remembers what they may see ask again."""
    Agent.objects.filter(pk=agent.pk).update(authz_version=F("authz_version") + 1)
    agent.refresh_from_db()
    transaction.on_commit(lambda: authz_changed.send(sender=Agent, agent=agent.pk))
    tell_of_room(agent)


def tell_of_room(agent: Agent) -> None:
    """Let whoever gives out work look again. A bell that breaks must not keep anybody from changing what they do."""
    transaction.on_commit(lambda: room_changed.send_robust(sender=Agent, agent=agent.pk))


def _rights(role: Role) -> dict[str, bool]:
    """Django's own flags, which open /admin/."""
    is_admin = role == Role.ADMIN
    return {"is_staff": is_admin, "is_superuser": is_admin}


def _keep_an_admin(leaving: Agent) -> None:
    """One at a time: two who leave at the same moment would each find the other still there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINS])
    others = Agent.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=leaving.pk)
    if leaving.role == Role.ADMIN and leaving.is_active and not others.exists():
        raise Refused("last_admin", _("This is the last admin. Make somebody else an admin first."), status=409)


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused("invalid_email", _("That is not an e-mail address."), field="email", status=422) from None


def _check_password(password: str, agent: Agent) -> None:
    try:
        validate_password(password, agent)
    except ValidationError as problem:
        raise Refused("weak_password", " ".join(problem.messages), field="password", status=422) from None


def _drop_sessions(agent: Agent, keep: str | None = None) -> None:
    """Sessions do not say whose they are until they are opened; a desk has a few hundred."""
    for session in Session.objects.exclude(pk=keep).iterator():
        if session.get_decoded().get("_auth_user_id") == str(agent.pk):
            session.delete()
