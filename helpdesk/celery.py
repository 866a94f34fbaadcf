"""The Celery application: the doorbell that wakes workers. What must happen is a row; this only rings."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("helpdesk")
app.set_default()  # the bell rings from a thread of its own, which would otherwise get an app without settings
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
