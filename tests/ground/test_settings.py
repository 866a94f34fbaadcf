"""What browsers are told, and that nothing is open by mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import gettext, override

from helpdesk.state import CHECKOUT
from tests.desk import clean_environment

SHOW = """
import json, django
django.setup()
from django.conf import settings as s
names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS"]
print(json.dumps({name: getattr(s, name) for name in names}))
"""


def run(state: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    env = clean_environment(DJANGO_SETTINGS_MODULE="helpdesk.settings", PARLEY_STATE=str(state), **env)
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)


def test_public_desk_passes_djangos_own_review(tmp_path: Path) -> None:
    url = "https://desk.example.com"
    done = run(tmp_path, sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", PARLEY_URL=url)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000", ("parley", False, False, 0)),
        ("https://desk.example.com", ("__Host-parley", True, True, 31_536_000)),
    ],
)
def test_cookies_are_as_strict_as_the_address_allows(
    url: str, expected: tuple[str, bool, bool, int], tmp_path: Path
) -> None:
    shown = json.loads(run(tmp_path, sys.executable, "-c", SHOW, PARLEY_URL=url).stdout)
    assert tuple(shown.values())[:4] == expected
    assert "*" not in shown["ALLOWED_HOSTS"]


def test_generated_secret_stays_and_is_private(tmp_path: Path) -> None:
    first, second = (
        run(tmp_path, sys.executable, "-c", "import helpdesk.settings as s; print(s.SECRET_KEY)") for _ in "ab"
    )
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) >= 50
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_page_allows_no_inline_code_and_no_framing(client: Client) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in policy
    assert "*" not in policy
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"


@pytest.mark.django_db
def test_strange_host_is_refused(client: Client) -> None:
    assert client.get("/login/", headers={"host": "evil.example.com"}).status_code == 400


@pytest.mark.django_db
def test_the_first_address_leads_to_the_inbox(client: Client) -> None:
    assert client.get("/")["Location"] == "/inbox/"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "id", "sv"])
def test_what_is_not_there_is_said_in_our_own_words(client: Client, language: str) -> None:
    answer = client.get("/nothing/", headers={"accept-language": language})
    assert answer.status_code == 404
    with override(language):
        assert gettext("Nothing is here") in answer.content.decode()


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_a_problem_can_be_told_without_a_request(code: str) -> None:
    assert "/inbox/" in render_to_string(f"{code}.html")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_reference_is_for_people_who_signed_in(client: Client, path: str) -> None:
    assert client.get(path).status_code in (302, 401, 403)


@pytest.mark.django_db
def test_reference_lists_every_operation(admin_client: Client) -> None:
    schema = json.loads(
        admin_client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).content
    )
    page = admin_client.get("/api/docs/").content.decode()
    assert all(path in page for path in schema["paths"])


def test_api_view_that_forgets_its_permission_is_closed() -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["helpdesk.permissions.Nobody"]
    assert "Browsable" not in str(settings.REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"])
