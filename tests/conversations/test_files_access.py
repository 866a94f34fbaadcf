"""Who gets a file, and for how long."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import connections
from django.test import Client

from conversations import actions, serializers
from conversations.files import links, storage
from conversations.files.access import Uploader
from conversations.files.links import Link
from conversations.models import Attachment, MessengerSession
from conversations.parts import NewPart
from people.models import Agent, Role
from tests.conversations.desk import NOON, agent, conversation, customer, says
from tests.conversations.sending import BYTES, NOT_FOUND, Case, a_case, get, is_not_found
from tests.conversations.uploads import Browser, Visitor, error_of, kept, signed_in, somewhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture(autouse=True)
async def _no_connection_left() -> AsyncIterator[None]:
    """Views run in a thread with a connection of its own."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.mark.parametrize(
    "path", ["..%2f..%2fsecret", "../../secret", "%2e%2e/secret", "", "x", "a:b:c", "%00", "x" * 3000, "é", "a/b/c"]
)
async def test_made_up_links_lead_nowhere(path: str) -> None:
    answer, _ = await get(f"/files/{path}")
    assert answer.status_code == 404


async def test_a_link_is_bound_to_its_file_purpose_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    case, other = await a_case(), await a_case()
    url = await sync_to_async(case.url)()
    sealed = url.removeprefix("/files/")
    value, rest = sealed.split(":", 1)
    altered = [sealed[:-1] + ("A" if sealed[-1] != "A" else "B"), f"{value[:-2]}:{rest}", f"{value}:{rest[:-1]}", value]
    link = links.opened(sealed)
    assert link is not None
    altered += [
        signing.dumps([link.file.hex, None, link.site, link.token_hash]),  # another salt
        replace(link, file=other.file.pk).sealed(),  # ours, but not this reader's file
        replace(link, token_hash=other.browser.hashed).sealed(),
        replace(link, site=other.browser.site.key).sealed(),
        Link(link.file, agent=1).sealed(),
    ]
    for each in altered:
        await is_not_found(f"/files/{each}")
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + links.SECONDS + 1)
    await is_not_found(url)


async def test_guessing_is_slowed_down() -> None:
    client = Visitor()
    statuses = [(await client.get(f"/files/{n}:x:y")).status_code for n in range(105)]
    assert statuses == [404] * 100 + [429] * 5
    case = await a_case()
    answer: Any = await client.get(await sync_to_async(case.url)())
    assert answer.status_code == 200


async def test_a_link_dies_with_the_session_it_was_made_for() -> None:
    case = await a_case()
    url = await sync_to_async(case.url)()
    await MessengerSession.objects.filter(pk=case.browser.hashed).aupdate(revoked_at=NOON)
    await is_not_found(url)


async def test_a_link_dies_with_the_message_and_with_the_conversation() -> None:
    for end in (_redact, _remove_part_only, _erase):
        case = await a_case()
        url = await sync_to_async(case.url)()
        await sync_to_async(end)(case)
        await is_not_found(url)
        assert error_of(await sync_to_async(case.browser.link)(case.file.pk)) == NOT_FOUND


def _redact(case: Case) -> None:
    part = case.where.parts.get(pk=case.part.id)
    actions.redact(part, by=agent(role=Role.ADMIN), now=NOON)


def _remove_part_only(case: Case) -> None:
    case.where.parts.filter(pk=case.part.id).update(redacted_at=NOON)


def _erase(case: Case) -> None:
    case.where.delete()


def test_the_messenger_opens_only_its_own_and_only_what_is_public() -> None:
    case, stranger, visitor = Case(), Browser(), Browser()
    stranger.becomes(customer())
    insider = agent(teams=(case.team,))
    note = kept(b"among us", "n.txt", Uploader(agent=insider))
    case.send(note, kind="note", by=insider)
    reply = kept(b"for you", "r.txt", Uploader(agent=insider))
    case.send(reply, by=insider)
    unsent = kept(b"not yet", "u.txt", case.browser.uploader)
    agents_unsent = kept(b"not yet", "u.txt", Uploader(agent=insider))
    for file in (case.file, reply, unsent):
        assert case.browser.link(file.pk).status_code == 200
        assert error_of(stranger.link(file.pk)) == NOT_FOUND
        assert error_of(visitor.link(file.pk)) == NOT_FOUND
    for file in (note, agents_unsent):
        assert error_of(case.browser.link(file.pk)) == NOT_FOUND
    for key in (uuid.uuid4(), 1, "x", "..%2f", "\u0661", "9" * 500):
        assert error_of(case.browser.link(key)) == NOT_FOUND


def test_the_messengers_token_is_good_for_its_site_only() -> None:
    case, other = Case(), Browser()
    elsewhere = replace(case.browser, site=other.site)
    assert error_of(elsewhere.link(case.file.pk)) == NOT_FOUND


def test_other_browsers_of_the_same_customer_see_what_was_sent() -> None:
    case = Case()
    phone = Browser(case.browser.site)
    phone.becomes(case.where.customer)
    unsent = kept(b"not yet", "u.txt", case.browser.uploader)
    assert phone.link(case.file.pk).status_code == 200
    assert error_of(phone.link(unsent.pk)) == NOT_FOUND


def test_agents_open_what_they_may_see() -> None:
    case = Case()
    insider, outsider, boss = agent(teams=(case.team,)), agent(), agent(role=Role.MANAGER)
    mine = kept(b"not yet", "m.txt", Uploader(agent=insider))
    for who, file, status in (
        (insider, case.file, 200),
        (boss, case.file, 200),
        (outsider, case.file, 404),
        (insider, mine, 200),
        (boss, mine, 404),
        (outsider, mine, 404),
    ):
        answer = signed_in(who).get(f"/inbox/files/{file.pk}")
        assert answer.status_code == status
        assert status == 200 or error_of(answer) == NOT_FOUND
    assert error_of(Client().get(f"/inbox/files/{case.file.pk}"))[:2] == (401, "invalid_token")
    assert error_of(signed_in(boss).get("/inbox/files/x")) == NOT_FOUND


async def test_an_agents_link_is_nobody_elses_and_ends_with_their_permission() -> None:
    case = await a_case()
    insider = await sync_to_async(agent)(teams=(case.team,))
    boss = await sync_to_async(agent)(role=Role.MANAGER)
    client, bosses = Visitor(), Visitor()
    await client.aforce_login(insider)
    await bosses.aforce_login(boss)
    answer: Any = await client.get(f"/inbox/files/{case.file.pk}")
    url = answer.json()["url"]
    assert (await get(url, client))[1] == BYTES
    await is_not_found(url, bosses)
    await is_not_found(url)
    await sync_to_async(insider.teams.clear)()
    await is_not_found(url, client)
    await sync_to_async(insider.teams.add)(case.team)
    assert (await get(url, client))[1] == BYTES
    await Agent.objects.filter(pk=insider.pk).aupdate(is_active=False)
    await is_not_found(url, client)


def test_files_of_others_cannot_be_sent_along() -> None:
    case, thief = Case(), Browser()
    where = conversation()
    thief.becomes(where.customer)
    others = kept(b"other", "o.txt", case.browser.uploader)
    author = serializers.customer_author(where.customer)
    for file in (case.file, others):
        new = NewPart(where.pk, "message", author, "", uuid.uuid4(), (file.pk,), token_hash=thief.hashed)
        (outcome,) = actions.post([new], now=NOON)
        assert (getattr(outcome, "code", ""), getattr(outcome, "status", 0)) == ("attachment_not_yours", 400)
        file.refresh_from_db()
        assert file.part_id == (case.part.id if file == case.file else None)


def test_no_way_leads_around_the_views() -> None:
    case = Case()
    blob = Path(storage.blob(case.file.blob))
    for path in (f"/media/blobs/{blob.parent.name}/{blob.name}", f"/static/{blob.name}", f"/files/{case.file.pk}"):
        assert Client().get(path, REMOTE_ADDR=somewhere()).status_code == 404


def test_links_and_answers_name_no_place_and_no_content() -> None:
    case = Case()
    answer = case.browser.link(case.file.pk)
    assert re.fullmatch(r"/files/[\w:-]{60,400}", answer.json()["url"])
    assert case.file.blob not in answer.content.decode()
    assert case.browser.token not in answer.content.decode()


def test_an_outsider_cannot_tell_a_foreign_file_from_none() -> None:
    case, outsider = Case(), signed_in(agent())
    says(case.where, "words")
    foreign = outsider.get(f"/inbox/files/{case.file.pk}")
    nothing = outsider.get(f"/inbox/files/{uuid.uuid4()}")
    shape = [re.sub(rb'"request_id":"\w*"', b"", answer.content) for answer in (foreign, nothing)]
    assert shape[0] == shape[1]
    assert (foreign.status_code, dict(foreign.headers)) == (nothing.status_code, dict(nothing.headers))


def test_old_uploads_do_not_outlive_a_day() -> None:
    case = Case()
    unsent = kept(b"never sent", "u.txt", case.browser.uploader)
    from conversations.actions.files import sweep_unbound

    assert sweep_unbound(NOON + timedelta(hours=25)) == 1
    assert not Attachment.objects.filter(pk=unsent.pk).exists()
    assert storage.blob(case.file.blob).exists()
    assert not storage.blob(unsent.blob).exists()


def test_a_site_that_cannot_be_is_not_there() -> None:
    answer = Client().get(f"/messenger/%00/files/{uuid.uuid4()}", headers=Browser().headers)
    assert error_of(answer) == NOT_FOUND
