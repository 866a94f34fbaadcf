"""The hardest five faults against a real desk under load: what bin/test can afford of bench/chaos.py."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from helpdesk.state import CHECKOUT
from tests.desk import clean_environment

pytestmark = pytest.mark.engines


def test_nothing_is_lost_through_the_hardest_faults() -> None:
    command = [sys.executable, "-m", "bench.chaos", "--short", "--json"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=clean_environment(), capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == 5
    assert all(outcome["sent"] > 0 and not any(outcome["verdict"].values()) for outcome in outcomes)
