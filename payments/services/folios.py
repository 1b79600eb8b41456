"""Writing the ledger. Entries are only ever appended; what was wrong is reversed by another entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from core.money import round_money
from payments.exceptions import AmountInvalid, LedgerConflict
from payments.models import EntryKind, Folio, FolioEntry
from payments.selectors import folio_charges
from payments.types import EntryData

if TYPE_CHECKING:
    from accounts.models import User

POSTABLE_KINDS = frozenset({EntryKind.CHARGE, EntryKind.TAX, EntryKind.FEE})
"""Payments, refunds and reversals have services of their own."""


def folio_open(*, property_id: int, currency: str) -> Folio:
    """Open the account of a stay. Called inside the caller's transaction; one query."""
    _inside_transaction()
    return Folio.objects.create(property_id=property_id, currency=currency)


def folio_lock(*, folio_id: int) -> Folio:
    """Lock a folio to the end of the transaction: after nights and booking, before its payments. One query.

    The lock lets others refer to the folio (foreign keys), and keeps them from changing its money.
    """
    return Folio.objects.select_for_update(no_key=True).get(pk=folio_id)


def folio_post(*, folio_id: int, entries: Sequence[EntryData], actor: User | None = None) -> None:
    """Append charges, each ``dedup_key`` once. Inside the caller's transaction; two or three queries, no lock.

    Raises `AmountInvalid` for an amount finer than the currency's minor unit or below zero, `LedgerConflict` if a
    dedup key was posted with another amount or to another folio, `ValueError` for a kind that is not a charge.
    """
    _inside_transaction()
    if not entries:
        return
    currency = Folio.objects.values_list("currency", flat=True).get(pk=folio_id)
    for entry in entries:
        if entry.kind not in POSTABLE_KINDS:
            raise ValueError(f"{entry.kind} is not posted by folio_post")
        if entry.amount < 0 or round_money(entry.amount, currency) != entry.amount:
            raise AmountInvalid(field="amount")
    entries_append(
        entries=[
            FolioEntry(
                folio_id=folio_id,
                kind=entry.kind,
                description=entry.description[:200],
                amount=entry.amount,
                stay_date=entry.stay_date,
                dedup_key=entry.dedup_key,
                taxes=None if entry.taxes is None else [tax.as_json() for tax in entry.taxes],
                extra_id=entry.extra_id,
                quantity=entry.quantity,
                created_by=actor,
            )
            for entry in entries
        ]
    )


def folio_reverse(
    *, folio_id: int, keep: Decimal, description: str, dedup_key: str, actor: User | None = None
) -> FolioEntry | None:
    """Post one reversal so that the charges net to ``keep``. Inside the caller's transaction; locks the folio.

    The same dedup key gives the reversal that is there. Returns None where there is nothing to reverse. Raises
    `AmountInvalid` if ``keep`` is below zero, finer than the currency, or more than was charged. Up to five queries.
    """
    _inside_transaction()
    folio = folio_lock(folio_id=folio_id)
    known = FolioEntry.objects.filter(dedup_key=dedup_key).first()
    if known is not None:
        return known
    charged = folio_charges(folio_id=folio_id)
    if not 0 <= keep <= charged or round_money(keep, folio.currency) != keep:
        raise AmountInvalid(field="keep", data={"charged": str(round_money(charged, folio.currency))})
    if keep == charged:
        return None
    return FolioEntry.objects.create(
        folio=folio,
        kind=EntryKind.REVERSAL,
        description=description[:200],
        amount=keep - charged,
        dedup_key=dedup_key,
        created_by=actor,
    )


def folio_take_off(*, folio_id: int, entries: Sequence[EntryData], actor: User | None = None) -> None:
    """Reverse single charges: each entry's amount is taken off, on its night. Inside the caller's transaction.

    Locks the folio. Five queries. The entries' kind does not matter; what takes off a charge that stands names it.
    Raises `AmountInvalid` for an amount finer than the currency or below zero, `LedgerConflict` as `folio_post`.
    """
    _inside_transaction()
    if not entries:
        return
    folio = folio_lock(folio_id=folio_id)
    if any(
        entry.amount < 0 or round_money(entry.amount, folio.currency) != entry.amount for entry in entries
    ):
        raise AmountInvalid(field="amount")
    standing = _standing(folio_id)
    entries_append(
        entries=[
            FolioEntry(
                folio_id=folio_id,
                kind=EntryKind.REVERSAL,
                description=entry.description[:200],
                amount=-entry.amount,
                stay_date=entry.stay_date,
                dedup_key=entry.dedup_key,
                reverses_id=_taken(standing, entry),
                created_by=actor,
            )
            for entry in entries
        ]
    )


_Standing = dict[tuple[str, date | None, Decimal], list[int]]


def _standing(folio_id: int) -> _Standing:
    """Charges that nothing has taken off yet, by what they are, on which night, and how much. One query."""
    rows = FolioEntry.objects.filter(
        folio_id=folio_id, kind__in=POSTABLE_KINDS, reversed_by__isnull=True, part_of__isnull=True
    ).order_by("-pk")
    found: _Standing = {}
    for pk, description, stay_date, amount in rows.values_list("pk", "description", "stay_date", "amount"):
        found.setdefault((description, stay_date, amount), []).append(pk)
    return found


def _taken(standing: _Standing, entry: EntryData) -> int | None:
    """The charge that an opposite entry takes off, each once; None if none is exactly that."""
    ids = standing.get((entry.description[:200], entry.stay_date, entry.amount))
    return ids.pop() if ids else None


def entries_append(*, entries: Sequence[FolioEntry]) -> None:
    """Append entries, each dedup key once, and make sure that what stands there is what was asked for.

    Raises `LedgerConflict`. One query, and one more where there are dedup keys.
    """
    FolioEntry.objects.bulk_create(entries, ignore_conflicts=True)
    wanted = {entry.dedup_key: (entry.folio_id, entry.amount) for entry in entries if entry.dedup_key}
    if not wanted:
        return
    found = FolioEntry.objects.filter(dedup_key__in=wanted).values_list("dedup_key", "folio_id", "amount")
    if any(wanted.get(key or "") != (folio_id, amount) for key, folio_id, amount in found):
        raise LedgerConflict


def _inside_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written in the transaction it tells of")
