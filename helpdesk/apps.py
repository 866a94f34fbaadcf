"""The project as an app, for its management commands and checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class HelpdeskConfig(AppConfig):
    """Make our Celery application the current one wherever Django runs."""

    name = "helpdesk"
    default = True  # two configurations live in this module, and Django takes neither unless told which
    verbose_name = "Parley"

    def ready(self) -> None:
        """Without this import a task rung from a web process would look for a broker at Celery's default address."""
        from helpdesk import celery, checks  # noqa: F401 - the checks register themselves


class StaticFiles(StaticFilesConfig):
    """Collect what we serve, and nothing else of what packages bring along."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("rest_framework", "LICENSES"),
        *("jquery.js", "xregexp.js", "select2.full.js"),  # the admin's own, of which it loads the short forms
        *("htmx-2*", "htmax*", "htmx-4.js", "django_htmx/ext/*"),
    ]
