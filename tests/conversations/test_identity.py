"""Who a browser's customer is: proved, never guessed; and how a customer is forgotten."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from conversations import actions, serializers
from conversations.actions import Beginning, NewConversation, starting, visiting
from conversations.errors import IdentityRefused
from conversations.models import Conversation, Draft, IdentityKey, MessengerSession, Part, Touchpoint
from conversations.parts import NewPart
from people.models import Address, AttributeDefinition, Company, Customer
from tests.conversations.desk import agent, customer, replies, says, touchpoint

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def site() -> Touchpoint:
    made = touchpoint()
    IdentityKey.objects.create(touchpoint=made, kid="one", secret="s" * 48)
    return made


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests share one address."""
    monkeypatch.setattr(visiting, "_limit", lambda _: None)


def signed(site: Touchpoint, sub: str = "u-1", **claims: Any) -> str:
    body = {"sub": sub, "aud": site.key, "exp": NOW + timedelta(hours=1), "name": "Bea", **claims}
    return jwt.encode(body, "s" * 48, "HS256", headers={"kid": "one"})


def begun(site: Touchpoint, browser: str, body: str = "Hello") -> Conversation:
    where = actions.begin(Beginning(hashed(browser), site, uuid.uuid4()), now=NOW)
    says(where, body, now=NOW)
    return Conversation.objects.select_related("customer").get(pk=where.pk)


def test_an_unknown_id_makes_the_visitor_verified(site: Touchpoint) -> None:
    where = begun(site, "phone")
    bea = actions.identify(hashed("phone"), site, signed(site, email="Bea@Mail.example"), now=NOW)
    assert (bea.pk, bea.verified, bea.external_id, bea.name) == (where.customer_id, True, "u-1", "Bea")
    address = Address.objects.get(customer=bea)
    assert (address.value, address.verified_at) == ("bea@mail.example", NOW)
    event = where.parts.get(event="identified")
    assert (event.public_number, event.data["customer"]["name"]) == (None, "Bea")


def test_a_known_id_takes_in_what_its_browser_wrote_while_anonymous(site: Touchpoint) -> None:
    first = actions.identify(hashed("laptop"), site, signed(site), now=NOW)
    where, other = begun(site, "phone"), begun(site, "tablet")
    before = where.customer_id
    retry = NewPart(where.pk, "message", serializers.customer_author(where.customer), "Late?", uuid.uuid4())
    actions.post_one(retry, now=NOW)
    bea = actions.identify(hashed("phone"), site, signed(site), now=NOW)
    assert bea == first
    where.refresh_from_db()
    assert where.customer == bea
    assert set(where.parts.filter(author_kind="customer").values_list("customer", flat=True)) == {bea.pk}
    assert where.parts.filter(event="identified").count() == 1
    assert not Customer.objects.filter(pk=before).exists()
    other.refresh_from_db()
    assert other.customer != bea  # another browser that nobody vouched for
    says(where, "More")
    again = NewPart(where.pk, "message", serializers.customer_author(bea), "Late?", retry.client_id)
    assert actions.post_one(again, now=NOW).created is False


def test_saying_it_again_changes_nothing(site: Touchpoint) -> None:
    where = begun(site, "phone")
    for _ in range(2):
        bea = actions.identify(hashed("phone"), site, signed(site), now=NOW)
    assert where.parts.filter(event="identified").count() == 1
    assert (Customer.objects.get(), MessengerSession.objects.get().customer) == (bea, bea)


def test_a_verified_customer_is_never_overwritten_by_another(site: Touchpoint) -> None:
    where = begun(site, "phone")
    bea = actions.identify(hashed("phone"), site, signed(site, email="bea@mail.example"), now=NOW)
    carl = actions.identify(hashed("phone"), site, signed(site, "u-2", name="Carl"), now=NOW)
    assert carl != bea
    where.refresh_from_db()
    bea.refresh_from_db()
    assert (where.customer, bea.name, bea.external_id) == (bea, "Bea", "u-1")
    assert MessengerSession.objects.get().customer == carl


def test_an_address_that_somebody_else_proved_stays_theirs(site: Touchpoint) -> None:
    owner = customer("Owner")
    Address.objects.create(customer=owner, kind="email", value="bea@mail.example", verified_at=NOW)
    bea = actions.identify(hashed("phone"), site, signed(site, email="bea@mail.example"), now=NOW)
    assert bea != owner
    assert list(Address.objects.filter(verified_at__isnull=False).values_list("customer", flat=True)) == [owner.pk]
    assert Address.objects.get(customer=bea).verified_at is None


def test_what_a_site_signs_is_cleaned_like_what_anybody_writes(site: Touchpoint) -> None:
    AttributeDefinition.objects.create(subject="customer", key="seats", label="Seats", type="number")
    AttributeDefinition.objects.create(subject="customer", key="since", label="Since", type="date")
    attributes = {"seats": 5, "since": "yesterday", "secret": "x"}
    token = signed(site, name="Bea\u202e\x00\n Ortiz", email="no address", attributes=attributes)
    bea = actions.identify(hashed("phone"), site, token, now=NOW)
    assert (bea.name, bea.attributes) == ("Bea Ortiz", {"seats": 5})
    assert not Address.objects.exists()


@pytest.mark.parametrize("claims", [{"sub": "u\x00"}, {"sub": "\ud800"}, {"email": "bea@m\ud800.example"}])
def test_what_cannot_be_stored_proves_nothing(claims: dict[str, str], site: Touchpoint) -> None:
    with pytest.raises(IdentityRefused):
        actions.identify(hashed("phone"), site, signed(site, **claims), now=NOW)


@pytest.mark.parametrize("expiry", ["9999999999", 10**400, "soon", [], {}, True])
def test_an_end_that_is_no_time_proves_nothing(expiry: object, site: Touchpoint) -> None:
    with pytest.raises(IdentityRefused):
        actions.identify(hashed("phone"), site, signed(site, exp=expiry), now=NOW)


@pytest.mark.parametrize(
    "header", [b"[" * 2900, b'{"kid":' + b"[" * 2900, b'{"kid": ["one"], "alg": "HS256"}', b"\xff", b""]
)
def test_a_header_that_is_none_proves_nothing(header: bytes, site: Touchpoint) -> None:
    token = base64.urlsafe_b64encode(header).decode().rstrip("=") + ".e30.e30"
    with pytest.raises(IdentityRefused):
        actions.identify(hashed("phone"), site, token, now=NOW)


@pytest.mark.parametrize("seats", [2**70, -(10**400), 1e308])
def test_a_number_that_no_answer_could_carry_is_not_kept(seats: float, site: Touchpoint) -> None:
    AttributeDefinition.objects.create(subject="customer", key="seats", label="Seats", type="number")
    bea = actions.identify(hashed("phone"), site, signed(site, attributes={"seats": seats}), now=NOW)
    assert bea.attributes == {}


def test_a_token_of_another_site_proves_nothing(site: Touchpoint) -> None:
    where = begun(site, "phone")
    with pytest.raises(IdentityRefused):
        actions.identify(hashed("phone"), site, signed(touchpoint()), now=NOW)
    where.customer.refresh_from_db()
    assert not where.customer.verified


@pytest.mark.django_db(transaction=True)
def test_tabs_that_identify_at_once_are_one_customer(site: Touchpoint) -> None:
    where = begun(site, "phone")
    token = signed(site)

    def attempt(browser: str) -> int:
        try:
            return actions.identify(hashed(browser), site, token, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(attempt, ["phone", "laptop", "phone", "laptop", "tablet", "phone"]))
    assert len(found) == 1
    where.refresh_from_db()
    assert {where.customer_id} == found
    assert Customer.objects.count() == 1
    assert where.parts.filter(event="identified").count() == 1


def _stored_text() -> Iterator[str]:
    """Every value of every row."""
    for model in apps.get_models():
        if model._meta.app_label in ("people", "conversations"):
            for row in model._default_manager.values():
                yield from map(str, row.values())


def test_an_erased_customer_is_nowhere(site: Touchpoint) -> None:
    canary = "canary"
    where, anna = begun(site, "phone", f"I am {canary}"), agent()
    bea = actions.identify(
        hashed("phone"), site, signed(site, f"u-{canary}", name=canary, email="canary@m.example"), now=NOW
    )
    AttributeDefinition.objects.create(subject="conversation", key="order", label="Order")
    actions.set_attributes(where, {"order": canary}, by=anna, now=NOW)
    replies(where, anna, f"Dear {canary}")
    replies(where, anna, f"{canary} is nice", kind="note")
    actions.save_draft(where, by=anna, kind="reply", body=canary, version=0, now=NOW)
    Customer.objects.filter(pk=bea.pk).update(
        attributes={"x": canary}, page={"url": canary}, plan=canary, company=Company.objects.create(name="Shop")
    )
    Conversation.objects.filter(pk=where.pk).update(subject=canary)
    bystander = begun(site, "tablet", "Somebody else")
    assert any(canary in text for text in _stored_text())
    for _ in range(2):
        actions.erase_customer(bea, by=anna, now=NOW)
    assert not [text for text in _stored_text() if canary in text]
    assert (bea.name, bea.company, bea.external_id) == ("Erased", None, None)
    assert MessengerSession.objects.filter(customer=bea).count() == Draft.objects.count() == 0
    numbers = list(where.parts.in_order().values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Part.objects.get(conversation=bystander).body == "Somebody else"


def test_what_was_redacted_before_hides_no_subject_from_an_erasure(site: Touchpoint) -> None:
    where, anna = begun(site, "phone"), agent()
    actions.redact(where.parts.get(kind="message"), by=anna, now=NOW)
    Conversation.objects.filter(pk=where.pk).update(subject="canary")
    actions.erase_customer(where.customer, by=anna, now=NOW)
    assert not [text for text in _stored_text() if "canary" in text]


def test_the_first_message_of_a_signed_in_customer_tells_where_they_are(site: Touchpoint) -> None:
    bea = actions.identify(hashed("phone"), site, signed(site), now=NOW)
    page = {"url": "https://shop.example/cart", "title": "Cart"}
    actions.begin(Beginning(hashed("phone"), site, uuid.uuid4(), page, "sv", "Europe/Stockholm"), now=NOW)
    bea.refresh_from_db()
    assert (bea.page, bea.language, bea.time_zone) == (page, "sv", "Europe/Stockholm")
    actions.begin(Beginning(hashed("phone"), site, uuid.uuid4(), {}, "id"), now=NOW)
    bea.refresh_from_db()
    assert (bea.page, bea.language) == (page, "sv")


@pytest.mark.django_db(transaction=True)
def test_what_one_tab_begins_while_another_identifies_is_the_customers(
    site: Touchpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(site, "phone")
    known = actions.identify(hashed("laptop"), site, signed(site), now=NOW)
    started, beginning = starting.start, Beginning(hashed("phone"), site, uuid.uuid4())
    identified: list[Future[int]] = []

    def slowly(new: NewConversation, *, now: datetime) -> Conversation:
        identified.append(other_tab.submit(_identify, site))
        time.sleep(0.5)
        return started(new, now=now)

    monkeypatch.setattr(visiting, "start", slowly)
    with ThreadPoolExecutor(1) as other_tab:
        actions.begin(beginning, now=NOW)
        assert identified[0].result() == known.pk
    assert Conversation.objects.get(public_id=beginning.conversation).customer == known


def _identify(site: Touchpoint) -> int:
    try:
        return actions.identify(hashed("phone"), site, signed(site), now=NOW).pk
    finally:
        connection.close()
