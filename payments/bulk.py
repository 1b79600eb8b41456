"""Folios of bookings that were made elsewhere, with their money, written in bulk by COPY.

Every trigger, key and check of the tables is at work as for single rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.bulk import ids_reserve, rows_copy

from .models import EntryKind, Folio, FolioEntry, Payment, PaymentMethod, PaymentPurpose, PaymentStatus

DESK_GATEWAY = "at_property"

FOLIO_COLUMNS = ("id", "property_id", "currency", "is_collective", "created_at", "updated_at")
PAYMENT_COLUMNS = (
    "id", "folio_id", "gateway", "method", "purpose", "amount", "currency", "status", "idempotency_key",
    "provider_reference", "redirect_url", "failure_code", "flag", "captured_at", "created_at", "updated_at",
)  # fmt: skip
ENTRY_COLUMNS = ("folio_id", "kind", "description", "amount", "payment_id", "dedup_key", "created_at")


class ImportedEntry(NamedTuple):
    """A charge (positive) or a reversal of charges (negative)."""

    kind: EntryKind
    description: str
    amount: Decimal
    posted_at: datetime


class ImportedPayment(NamedTuple):
    """Money that the property has taken; ``key`` is its idempotency key."""

    key: str
    description: str
    purpose: PaymentPurpose
    amount: Decimal
    captured_at: datetime


@dataclass(slots=True)
class ImportedFolio:
    """A folio to write. ``id`` and the id of its payment are given when it is written."""

    property_id: int
    currency: str
    opened_at: datetime
    entries: list[ImportedEntry] = field(default_factory=list)
    payment: ImportedPayment | None = None
    id: int = 0


def folios_write(*, folios: Sequence[ImportedFolio], at: datetime) -> None:
    """Write folios, their captured payments and their entries, and give each folio its ``id``.

    Inside the caller's transaction; raises `TransactionManagementError` outside one. Five statements, whatever the
    number of folios. No mail, no signal: what is imported happened long ago.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("folios_write() needs a transaction: folio and payments go together")
    for folio, folio_id in zip(folios, ids_reserve(Folio, len(folios)), strict=True):
        folio.id = folio_id
    paid = [(folio, folio.payment) for folio in folios if folio.payment is not None]
    payments = list(zip(ids_reserve(Payment, len(paid)), paid, strict=True))
    rows_copy(
        Folio,
        FOLIO_COLUMNS,
        ((folio.id, folio.property_id, folio.currency, False, folio.opened_at, at) for folio in folios),
    )
    rows_copy(
        Payment,
        PAYMENT_COLUMNS,
        (
            (
                payment_id, folio.id, DESK_GATEWAY, PaymentMethod.CARD.value, payment.purpose.value, payment.amount,
                folio.currency, PaymentStatus.CAPTURED.value, payment.key, "", "", "", "", payment.captured_at,
                payment.captured_at, at,
            )
            for payment_id, (folio, payment) in payments
        ),
    )  # fmt: skip
    rows_copy(FolioEntry, ENTRY_COLUMNS, _entry_rows(folios, payments))


def _entry_rows(
    folios: Iterable[ImportedFolio], payments: Iterable[tuple[int, tuple[ImportedFolio, ImportedPayment]]]
) -> Iterator[tuple[Any, ...]]:
    for folio in folios:
        for entry in folio.entries:
            yield folio.id, entry.kind.value, entry.description, entry.amount, None, None, entry.posted_at
    for payment_id, (folio, payment) in payments:
        yield (
            folio.id, EntryKind.PAYMENT.value, payment.description, -payment.amount, payment_id,
            f"payment:{payment_id}", payment.captured_at,
        )  # fmt: skip
