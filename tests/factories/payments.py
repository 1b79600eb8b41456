"""Folios, payments and refunds. What moves money is made by the services, so that the ledger agrees with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from payments.models import EntryKind, Folio, Payment, PaymentPurpose
from payments.services import folio_post, payment_start
from payments.types import EntryData

from .inventory import PropertyFactory


class FolioFactory(DjangoModelFactory[Folio]):
    """An empty folio in its property's currency."""

    class Meta:
        model = Folio

    property = factory.SubFactory(PropertyFactory)
    currency = factory.LazyAttribute(lambda folio: folio.property.currency)


def folio_charged(*amounts: str, **fields: Any) -> Folio:
    """A folio with a charge of each amount."""
    folio = FolioFactory(**fields)
    entries = [
        EntryData(
            kind=EntryKind.CHARGE,
            description=f"Night {number}",
            amount=Decimal(amount),
            dedup_key=f"night:{folio.pk}:{number}",
        )
        for number, amount in enumerate(amounts, start=1)
    ]
    with transaction.atomic():
        folio_post(folio_id=folio.pk, entries=entries)
    return folio


def pay(folio: Folio, amount: str, **fields: Any) -> Payment:
    """Start a payment by the sandbox's successful card, or whatever the fields say."""
    arguments: dict[str, Any] = {
        "gateway": "sandbox",
        "purpose": PaymentPurpose.DEPOSIT,
        "currency": folio.currency,
        "idempotency_key": str(uuid4()),
        "return_url": "http://testserver/done/",
    }
    return payment_start(folio_id=folio.pk, amount=Decimal(amount), **arguments | fields)
