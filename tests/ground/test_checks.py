"""Checks that run before the tables are touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from helpdesk import checks, pulse

pytestmark = pytest.mark.django_db


def test_good_database_earns_no_complaint() -> None:
    assert checks.database_checks(databases=["default"]) == []


def test_database_of_a_newer_version_stops_migrate() -> None:
    MigrationRecorder.Migration.objects.create(app="people", name="0999_from_the_future")
    with pytest.raises(SystemCheckError, match=r"newer Parley \(people.0999_from_the_future\)"):
        call_command("migrate", verbosity=0, skip_checks=False)


def test_migrations_of_a_removed_app_are_nobodys_business() -> None:
    MigrationRecorder.Migration.objects.create(app="removed", name="0001_initial")
    assert checks.database_checks(databases=["default"]) == []


def test_clocks_far_apart_earn_a_warning() -> None:
    now = timezone.now()
    assert checks._clocks(now, now + timedelta(minutes=4)) == []
    (warning,) = checks._clocks(now, now - timedelta(minutes=6))
    assert "differ by 0:06:00" in warning.msg


def test_models_and_migrations_agree() -> None:
    # exits with 1, after saying which, if a model has changed and no migration tells the database
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_busy_or_idle_worker_is_not_deaf() -> None:
    worker = pulse.Pulse(now=0)
    assert not worker.is_deaf(now=100, waiting=0, idle_threads=8)
    assert not worker.is_deaf(now=200, waiting=9, idle_threads=0)
    assert not worker.is_deaf(now=220, waiting=9, idle_threads=1)
    worker.took(now=225)
    assert not worker.is_deaf(now=250, waiting=9, idle_threads=1)


def test_a_worker_that_leaves_tasks_lying_is_deaf() -> None:
    worker = pulse.Pulse(now=0)
    assert worker.is_deaf(now=31, waiting=1, idle_threads=1)
