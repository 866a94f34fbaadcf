"""What the verbs of triage refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal


class ManagersOnly(Refusal):
    """How a desk's triage works is for managers and admins to say."""

    code = "managers_only"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only managers and admins can do that."))
