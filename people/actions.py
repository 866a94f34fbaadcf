"""The verbs about people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from people.models import Address, Customer


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
        customer = Customer.objects.select_for_update().filter(external_id=claims.external_id).first()
        customer = customer or _newly_verified(anonymous, claims)
        customer.name = claims.name or customer.name
        customer.attributes = {**customer.attributes, **(claims.attributes or {})}
        customer.last_seen_at = now
        customer.save()
        if claims.email:
            _own_address(customer, claims.email, now)
    return customer


def _newly_verified(anonymous: Customer | None, claims: Claims) -> Customer:
    fresh = anonymous if anonymous is not None and not anonymous.verified else Customer()
    fresh.external_id, fresh.verified = claims.external_id, True
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:  # two tabs at once; the other one was first
        return Customer.objects.get(external_id=claims.external_id)
    return fresh


def _own_address(customer: Customer, email: str, now: datetime) -> None:
    """Verified, unless somebody else has proved the same address: then it is only noted."""
    taken = Address.objects.filter(kind=Address.Kind.EMAIL, value=email, verified_at__isnull=False)
    verified_at = None if taken.exclude(customer=customer).exists() else now
    Address.objects.get_or_create(
        customer=customer, kind=Address.Kind.EMAIL, value=email, defaults={"verified_at": verified_at}
    )
