"""Static files as a real desk collects and serves them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpdesk.state import CHECKOUT
from helpdesk.static import Static
from tests.desk import clean_environment

IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file, as `bin/up` collects them; fails if one names another that is not there."""
    state = tmp_path_factory.mktemp("state")
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"],
        cwd=CHECKOUT,
        env=clean_environment(PARLEY_STATE=str(state)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return state / "static"


async def ask(root: Path, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named}
    await Static(inner, root, "/static/")(scope, None, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def a_file(root: Path, pattern: str) -> str:
    return f"/static/{next(root.rglob(pattern)).relative_to(root)}"


def test_modules_import_each_other_by_hashed_names(collected: Path) -> None:
    scripts = [file for file in collected.rglob("*.js") if "admin" not in file.parts]
    plain = {
        f"{file.name}: {name}"
        for file in scripts
        for name in IMPORT.findall(file.read_text())
        if not HASHED.search(name) or not (file.parent / name).resolve().exists()
    }
    assert plain == set()
    assert scripts


async def test_hashed_file_may_be_kept_for_ever(collected: Path) -> None:
    status, headers, body = await ask(collected, a_file(collected, "*.css"))
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body)


async def test_file_comes_compressed_to_whom_understands(collected: Path) -> None:
    path = a_file(collected, "*.css")
    plain = await ask(collected, path)
    for encoding in ("br", "gzip"):
        status, headers, body = await ask(collected, path, accept_encoding=encoding)
        assert (status, headers["content-encoding"]) == (200, encoding)
        assert len(body) < len(plain[2])


async def test_known_file_is_not_sent_again(collected: Path) -> None:
    path = a_file(collected, "*.css")
    etag = (await ask(collected, path))[1]["etag"]
    assert (await ask(collected, path, if_none_match=etag))[::2] == (304, b"")


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../secret", "/static/%2e%2e/secret", "/static/none.js", "/inbox/"]
)
async def test_what_is_no_file_goes_to_django(collected: Path, path: str) -> None:
    assert (await ask(collected, path))[0] == 404


async def test_files_cannot_be_written(collected: Path) -> None:
    assert (await ask(collected, a_file(collected, "*.css"), method="POST"))[0] == 405
