"""What agents know of customers, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from people import attributes
from people.models import Address, AttributeDefinition, Company, Customer
from people.names import one_line

ERASED = "Erased"
_TEXTS = {"name": 200, "plan": 60, "language": 16}


def update_customer(customer: Customer, changes: Mapping[str, Any]) -> None:
    """Set some of name, plan, language, company and attributes (None takes one of these away).

    Raises:
        Refused: an attribute the desk does not keep, or a value of the wrong type.
    """
    with transaction.atomic():
        stored = Customer.objects.select_for_update().get(pk=customer.pk)
        for name, limit in _TEXTS.items():
            if name in changes:
                setattr(stored, name, one_line(changes[name], limit))
        if "company" in changes:
            company: Company | None = changes["company"]
            stored.company = company
        if "attributes" in changes:
            checked = attributes.checked(changes["attributes"], definitions())
            stored.attributes = attributes.merged(stored.attributes, checked)
        stored.save(update_fields=[*_TEXTS, "company", "attributes"])
    customer.refresh_from_db()


def forget_customer(customer: Customer) -> None:
    """Everything that says who they were. The row stays, because conversations stand on it."""
    with transaction.atomic():
        Address.objects.filter(customer=customer).delete()
        blank = dict.fromkeys(("plan", "language", "time_zone", "country"), "")
        Customer.objects.filter(pk=customer.pk).update(
            **blank,
            external_id=None,
            verified=False,
            name=ERASED,
            company=None,
            attributes={},
            page={},
            last_seen_at=None,
        )
    customer.refresh_from_db()


def definitions() -> dict[str, AttributeDefinition]:
    """The attributes this desk keeps of customers."""
    found = AttributeDefinition.objects.filter(subject=AttributeDefinition.Subject.CUSTOMER)
    return {each.key: each for each in found}
