"""What beat rings for, and how often. Bells only: each of these finds in rows what there is to do."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "helpdesk.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "sweep": {"task": "conversations.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "sweep_files": {"task": "conversations.sweep_files", "schedule": 900.0, "options": {"expires": 900}},
    "check_delivery": {"task": "conversations.check_delivery", "schedule": crontab(hour="3", minute="30")},
    "triage_sweep": {"task": "triage.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "triage_sweep_learning": {"task": "triage.sweep_learning", "schedule": 15.0, "options": {"expires": 15}},
    "triage_learn": {"task": "triage.learn_nightly", "schedule": crontab(hour="2", minute="15")},
}
