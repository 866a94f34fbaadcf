"""Programs that must run are started again, whatever kept them from starting."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from helpdesk.engine import EngineError
from helpdesk.services import Program, Watched
from helpdesk.state import State


class Faulty:
    """Does not start the first time."""

    name = "faulty"
    process: subprocess.Popen[bytes] | None = None

    def __init__(self, problem: Exception) -> None:
        self.problems, self.started = [problem], 0

    def start(self) -> None:
        self.started += 1
        if self.problems:
            raise self.problems.pop()


@pytest.mark.parametrize("problem", [EngineError("no"), OSError(28, "No space left on device")], ids=["engine", "disk"])
def test_what_could_not_be_started_is_tried_again_and_later(
    problem: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = Faulty(problem)
    watched = Watched(faulty)
    for moment in range(20):
        watched.tend(float(moment) / 10)
    assert faulty.started == 2
    assert str(problem) in capsys.readouterr().out


def test_a_program_whose_number_cannot_be_written_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpdesk.services.replace_text", full)
    program = Program("sleeper", State(tmp_path), ["sleep", "60"], {"PATH": "/usr/bin:/bin"}, grace=2)
    watched = Watched(program)
    watched.tend(0.0)
    watched.tend(1.0)
    assert watched.is_running
    program.stop()
