"""Setting a desk up: the admin is for admins, and what it changes about agents reaches open sockets."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conversations import actions as actions_of_conversations
from conversations import realtime
from conversations.models import Touchpoint
from people import actions
from people.models import Agent, Role, Team
from tests.conversations.desk import NOON, agent, conversation, says, team

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


def signed_in(role: Role) -> Client:
    agent = actions.create_agent(f"{role}@desk.example", name=str(role), role=role, password=PASSWORD)
    client = Client()
    client.force_login(agent)
    return client


def pages() -> list[str]:
    """Lists and forms of everything registered."""
    found = []
    for model, of in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        if "add" in str(of.has_add_permission) and model.__name__ not in ("Customer", "ApiToken"):
            found.append(reverse(f"{name}_add"))
    return found


def test_every_page_is_an_admins_alone() -> None:
    for role in (Role.AGENT, Role.MANAGER):
        client = signed_in(role)
        for page in pages():
            answer = client.get(page)
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
    client = signed_in(Role.ADMIN)
    assert {page: client.get(page).status_code for page in pages()} == dict.fromkeys(pages(), 200)


def test_there_is_one_way_to_sign_in() -> None:
    answer = Client().get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/admin/")


def test_who_may_not_come_in_is_not_led_in_circles() -> None:
    answer = signed_in(Role.AGENT).get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")


def test_there_is_one_way_to_change_a_password() -> None:
    answer = signed_in(Role.ADMIN).get("/admin/password_change/")
    assert (answer.status_code, answer["Location"]) == (302, "/password/")


def test_what_was_said_cannot_be_edited_here() -> None:
    registered = {model.__name__ for model in admin.site._registry}
    assert not registered & {"Conversation", "Part", "Attachment", "Mention", "Draft", "OutboxRow", "MessengerSession"}
    assert apps.is_installed("conversations")


def test_an_agent_is_made_and_changed_by_the_verbs(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    revoked: list[int] = []
    monkeypatch.setattr(realtime, "revoke_agent", revoked.append)
    client, team = signed_in(Role.ADMIN), Team.objects.create(name="Billing")
    new = {"email": "Ada@Desk.example", "name": "Ada", "role": "agent", "password": "x", "teams": []}
    assert b"too short" in client.post("/admin/people/agent/add/", new).content
    with django_capture_on_commit_callbacks(execute=True):
        made = client.post("/admin/people/agent/add/", {**new, "password": PASSWORD})
    assert made.status_code == 302
    ada = Agent.objects.get(email="ada@desk.example")
    assert ada.check_password(PASSWORD)
    again = client.post("/admin/people/agent/add/", {**new, "password": PASSWORD})
    assert b"already" in again.content
    revoked.clear()
    change = {"name": "Ada King", "role": "manager", "teams": [team.pk], "languages": "en,sv", "capacity": 5}
    change |= {"language": "sv", "time_zone": "UTC", "is_active": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/people/agent/{ada.pk}/change/", change).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.role, list(ada.teams.all()), ada.languages) == ("Ada King", "manager", [team], ["en", "sv"])
    assert revoked == [ada.pk, ada.pk]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/people/agent/{ada.pk}/change/", {**change, "is_active": ""})
    ada.refresh_from_db()
    assert (ada.is_active, ada.authz_version) == (False, 4)


def test_a_team_goes_only_when_nobody_would_see_more_by_it() -> None:
    client, where = signed_in(Role.ADMIN), conversation()
    busy, idle = team(), team()
    says(where, "for the few")
    actions_of_conversations.route(where, to=busy, by=agent(role=Role.ADMIN), now=NOON)
    for each in (busy, idle):
        client.post(reverse("admin:people_team_delete", args=[each.pk]), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [busy.pk], "post": "yes"}
    client.post(reverse("admin:people_team_changelist"), chosen)
    assert list(Team.objects.all()) == [busy]
    where.refresh_from_db()
    assert where.team == busy


def test_the_last_admin_stays_one() -> None:
    client = signed_in(Role.ADMIN)
    me = Agent.objects.get(role=Role.ADMIN)
    change = {"name": "Me", "role": "agent", "capacity": 5, "language": "en", "time_zone": "UTC", "is_active": "on"}
    answer = client.post(f"/admin/people/agent/{me.pk}/change/", change, follow=True)
    assert b"last admin" in answer.content
    me.refresh_from_db()
    assert (me.role, me.name) == ("admin", "Me")


def test_a_messenger_is_set_up_with_a_key_of_its_own() -> None:
    client = signed_in(Role.ADMIN)
    keys = {
        "keys-TOTAL_FORMS": 1,
        "keys-INITIAL_FORMS": 0,
        "keys-0-id": "",
        "keys-0-retired_at_0": "",
        "keys-0-retired_at_1": "",
    }
    site = {"name": "Shop", "key": "shop", "kind": "messenger", "origins": "https://shop.example", "look": "{}"}
    answer = client.post("/admin/conversations/touchpoint/add/", {**site, **keys})
    assert answer.status_code == 302, answer.content.decode()
    assert Touchpoint.objects.get(key="shop").origins == ["https://shop.example"]


@pytest.mark.parametrize("path", ["/admin/", "/admin/people/agent/", "/admin/people/agent/add/"])
def test_its_pages_hold_no_script_of_their_own(path: str) -> None:
    answer = signed_in(Role.ADMIN).get(path)
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    for script in answer.content.decode().split("<script")[1:]:
        opening = script.partition(">")[0]
        assert "src=" in opening or 'type="application/json"' in opening
