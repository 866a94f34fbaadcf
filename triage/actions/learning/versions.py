"""Which model decides, which one watches, and which may go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal
from people.models import Agent
from triage import artefacts
from triage.errors import ManagersOnly
from triage.models import ModelVersion

KEPT = 10  # versions whose files are kept, so that one can go back
_STATE = ModelVersion.State


class CannotPromote(Refusal):
    """The model cannot be used, so it may not decide."""

    code = "model_unusable"
    status = 409

    def __init__(self, reason: str) -> None:
        super().__init__(format_lazy(_("This model cannot be used: {reason}."), reason=reason), field="version")


def promote(version: ModelVersion, *, by: Agent | None, now: datetime, why: str = "") -> None:
    """Let it decide from now on; the one that did steps back. Going back to an older one is the same.

    Raises:
        ManagersOnly, CannotPromote: as they say.
    """
    _allow(by)
    _refuse_unusable(version)
    with transaction.atomic():
        _lock()
        ModelVersion.objects.filter(state=_STATE.CHAMPION).exclude(pk=version.pk).update(state=_STATE.RETIRED)
        fields = {"state": _STATE.CHAMPION, "promoted_at": now, "promoted_by": by}
        ModelVersion.objects.filter(pk=version.pk).update(**fields | ({"why": why[:300]} if why else {}))
    version.refresh_from_db()


def shadow(version: ModelVersion, *, by: Agent, now: datetime) -> None:
    """Let it watch: it reads what comes in and changes nothing. The one that decides cannot only watch.

    Raises:
        ManagersOnly, CannotPromote: as they say.
    """
    _allow(by)
    _refuse_unusable(version)
    with transaction.atomic():
        _lock()
        ModelVersion.objects.filter(state=_STATE.SHADOW).exclude(pk=version.pk).update(state=_STATE.CHALLENGER)
        ModelVersion.objects.filter(pk=version.pk).exclude(state=_STATE.CHAMPION).update(state=_STATE.SHADOW)
    version.refresh_from_db()


def retire(version: ModelVersion, *, by: Agent, now: datetime) -> None:
    """Take it out of use. Without a model that decides, people sort conversations."""
    _allow(by)
    ModelVersion.objects.filter(pk=version.pk).update(state=_STATE.RETIRED)
    version.refresh_from_db()


def forget_old() -> int:
    """Remove the files of versions that are too old to come back; the rows stay, for verdicts name them."""
    idle = ModelVersion.objects.exclude(state__in=(_STATE.CHAMPION, _STATE.SHADOW)).order_by("-pk")[KEPT:]
    old = [version for version in idle if version.size]
    for version in old:
        artefacts.discard(version)
        ModelVersion.objects.filter(pk=version.pk).update(size=0)
    return len(old)


def _lock() -> None:
    list(ModelVersion.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _allow(by: Agent | None) -> None:
    if by is not None and not by.sees_everything:
        raise ManagersOnly


def _refuse_unusable(version: ModelVersion) -> None:
    if problem := artefacts.problem_of(version):
        raise CannotPromote(problem)
