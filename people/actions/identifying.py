"""How an anonymous visitor becomes somebody: only by an identity their site signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from people import attributes
from people.actions.customers import definitions
from people.models import Address, Customer
from people.names import one_line


class Claims(Protocol):
    """What a site vouches for."""

    @property
    def external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, Any] | None: ...


def identify(anonymous: Customer | None, claims: Claims, *, now: datetime) -> Customer:
    """The verified customer `claims` speak of: the one known by that id, else the visitor who has just
    proved who they are, else a new one. People are never merged by e-mail address."""
    with transaction.atomic():
        customer = _known(claims) or _newly_verified(anonymous, claims)
        customer.name = one_line(claims.name) or customer.name
        accepted = attributes.accepted(claims.attributes or {}, definitions())
        customer.attributes = attributes.merged(customer.attributes, accepted)
        customer.last_seen_at = now
        customer.save()
        if _is_email(claims.email):
            _own_address(customer, claims.email, now)
    return customer


def _known(claims: Claims) -> Customer | None:
    return Customer.objects.select_for_update().filter(external_id=claims.external_id).first()


def _newly_verified(anonymous: Customer | None, claims: Claims) -> Customer:
    fresh = anonymous if anonymous is not None and not anonymous.verified else Customer()
    fresh.external_id, fresh.verified = claims.external_id, True
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:  # two tabs at once; the other one was first
        return Customer.objects.select_for_update().get(external_id=claims.external_id)
    return fresh


def _own_address(customer: Customer, email: str, now: datetime) -> None:
    """Verified, unless somebody else has proved the same address: then it is only noted."""
    mine, _ = Address.objects.get_or_create(customer=customer, kind=Address.Kind.EMAIL, value=email)
    if mine.verified_at is None:
        try:
            with transaction.atomic():
                Address.objects.filter(pk=mine.pk).update(verified_at=now)
        except IntegrityError:
            return


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
