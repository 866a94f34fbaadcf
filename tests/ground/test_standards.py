"""The code's own standards, as tests, so that one command and one summary cover everything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.state import CHECKOUT

TOOLS = Path(sys.executable).parent
COMMANDS = {
    "style": ["ruff", "check", "--quiet", "."],
    "layout": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary"],
    "imports": ["lint-imports", "--no-cache"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_tool_has_no_complaint(name: str) -> None:
    tool, *arguments = COMMANDS[name]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    done = subprocess.run(
        [TOOLS / tool, *arguments], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _tracked() -> list[Path]:
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=CHECKOUT, text=True)
    return [CHECKOUT / name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()]


def test_files_stay_small() -> None:
    long = {
        str(file.relative_to(CHECKOUT)): count
        for file in _tracked()
        if file.suffix in (".py", ".js", ".css", ".sh", ".html") and not {"vendor", "migrations"} & set(file.parts)
        if (count := len(file.read_text().splitlines())) > 300
    }
    assert not long


def test_no_absolute_machine_path_is_committed() -> None:
    # A path that exists only on one developer's machine breaks everybody else's.
    home = re.compile(rf"(?<![\w.])({re.escape(str(CHECKOUT))}|/home/\w+|/root)/")
    found = [str(file.relative_to(CHECKOUT)) for file in _tracked() if home.search(_text(file))]
    assert not found


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:
        return ""
