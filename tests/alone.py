"""Settings of a desk with nothing beside the core: what `conversations` must be able to stand on."""

from __future__ import annotations

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import INSTALLED_APPS as ALL
from helpdesk.state import CHECKOUT

CORE = ("people", "articles", "conversations")
OURS = [folder.parent.name for folder in CHECKOUT.glob("*/apps.py")]

INSTALLED_APPS = [app for app in ALL if app.partition(".")[0] not in OURS or app in CORE]
INSTALLED_APPS += ["django.contrib.admin"]  # the desk's own site is the project's
