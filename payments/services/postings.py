"""What staff post to a folio by hand: charges, what takes them off again, and what moves them to another folio.

Entries are only ever appended. What was wrong has an opposite entry that names it; what moves has one in either folio,
written together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import operation_require, staff_access
from core.exceptions import PermissionDenied, ValidationFailed, translate_integrity_errors
from core.money import round_money
from payments.exceptions import (
    AmountInvalid,
    EntryInvoiced,
    EntryNotFound,
    EntryNotReversible,
    FolioNotFitting,
    LedgerConflict,
)
from payments.models import EntryKind, Folio, FolioEntry, InvoicedEntry
from payments.selectors import folio_charges
from payments.types import EntryData, TaxPart

from .folios import POSTABLE_KINDS, folio_lock

OWN_EXTRA_UNDO_HOURS = 24
"""So long the desk may take off what it has added itself."""

KEY_MAX_LENGTH = 80


def folio_charge(
    *,
    folio_id: int,
    description: str,
    amount: Decimal,
    actor: User,
    key: str,
    quantity: int = 1,
    kind: EntryKind | str = EntryKind.CHARGE,
    stay_date: date | None = None,
    taxes: Sequence[TaxPart] = (),
    at: datetime | None = None,
) -> FolioEntry:
    """Charge something that stands in no catalogue, ``quantity`` times ``amount``; managers and finance only.

    ``taxes`` are what all of it contains. The same ``key`` gives the entry that is there. Locks the folio. Raises
    `PermissionDenied`, `AmountInvalid`, `ValidationFailed` without a description, `LedgerConflict` for the key of
    another charge.
    """
    if not description.strip():
        raise ValidationFailed(_("Please say what it is."), field="description")
    if kind not in POSTABLE_KINDS:
        raise ValueError(f"{kind} is not charged by hand")
    with translate_integrity_errors(), transaction.atomic(durable=True):
        folio = folio_lock(folio_id=folio_id)
        operation_require(actor, folio.property_id, "folio_charge")
        data = EntryData(
            kind=EntryKind(kind),
            description=description.strip(),
            amount=amount * quantity,
            stay_date=stay_date,
            dedup_key=f"charge:{folio_id}:{key}",
            taxes=tuple(taxes),
            quantity=quantity,
        )
        return charge_write(folio=folio, entry=data, actor=actor)


def charge_write(
    *, folio: Folio, entry: EntryData, actor: User | None, added: Sequence[TaxPart] = ()
) -> FolioEntry:
    """Append one charge and the taxes ``added`` to it, as parts of it. Inside the transaction that locked the folio.

    Needs a dedup key; what has it already is given back. Raises `AmountInvalid`, `LedgerConflict`.
    """
    if entry.amount <= 0 or round_money(entry.amount, folio.currency) != entry.amount or entry.quantity < 1:
        raise AmountInvalid(field="amount")
    if entry.dedup_key is None or len(entry.dedup_key) > KEY_MAX_LENGTH:
        raise ValidationFailed(_("The key of the form is missing."), field="key")
    known = FolioEntry.objects.filter(dedup_key=entry.dedup_key).first()
    if known is not None:
        if (known.folio_id, known.amount) != (folio.pk, entry.amount):
            raise LedgerConflict
        return known
    charge = FolioEntry.objects.create(
        folio=folio,
        kind=entry.kind,
        description=entry.description[:200],
        amount=entry.amount,
        stay_date=entry.stay_date,
        dedup_key=entry.dedup_key,
        taxes=[tax.as_json() for tax in entry.taxes or ()],
        extra_id=entry.extra_id,
        quantity=entry.quantity,
        created_by=actor,
    )
    for tax in added:
        FolioEntry.objects.create(
            folio=folio,
            kind=EntryKind.TAX,
            description=tax.name[:200],
            amount=tax.amount,
            stay_date=entry.stay_date,
            taxes=[TaxPart(tax.name, tax.percent, tax.amount).as_json()],
            extra_id=entry.extra_id,
            part_of=charge,
            created_by=actor,
        )
    return charge


def folio_entry_reverse(
    *, entry_id: int, reason: str, actor: User, key: str, at: datetime | None = None
) -> FolioEntry:
    """Take one charge off, with the taxes that were added to it; the reversal is given back.

    Managers and finance may; the desk may take off an extra that it added itself in the last 24 hours. The same key
    gives the reversal that is there. An entry on an invoice may be taken off: its opposite goes on a credit note. Locks
    the folio. Raises `EntryNotFound`, `EntryNotReversible`, `PermissionDenied`, `ValidationFailed` without a reason.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise ValidationFailed(_("Please say why."), field="reason")
    with translate_integrity_errors(), transaction.atomic(durable=True):
        entry = _entry_locked(entry_id)
        _reverse_allowed(entry, actor=actor, at=at)
        known = FolioEntry.objects.filter(dedup_key=f"reverse:{entry_id}:{key}").first()
        if known is not None:
            return known
        reversals = [
            _opposite(part, description=f"{part.description}: {reason.strip()}", actor=actor)
            for part in _with_parts(entry)
        ]
        reversals[0].dedup_key = f"reverse:{entry_id}:{key}"[:KEY_MAX_LENGTH]
        _append_opposites(entry.folio, reversals)
        return reversals[0]


def folio_entries_move(
    *, entry_ids: Sequence[int], target_folio_id: int, actor: User, at: datetime | None = None
) -> list[FolioEntry]:
    """Move charges to another folio of the house: an opposite entry here, an equal one there, in one transaction.

    Taxes that were added to a charge go with it. Gives back the new entries in the other folio. Locks both folios.
    Raises `PermissionDenied`, `EntryNotFound`, `EntryNotReversible`, `EntryInvoiced`, `FolioNotFitting`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        source_ids = set(
            FolioEntry.objects.filter(pk__in=entry_ids).order_by().values_list("folio_id", flat=True)
        )
        if len(source_ids) != 1:
            raise EntryNotFound
        source, target = folios_lock_pair(source_id=source_ids.pop(), target_id=target_folio_id)
        operation_require(actor, source.property_id, "folio_move")
        return entries_move_write(source=source, target=target, entry_ids=entry_ids, actor=actor)


def folios_lock_pair(*, source_id: int, target_id: int) -> tuple[Folio, Folio]:
    """Lock two folios in the order of everybody: those of stays by id, then those of groups and companies."""
    folios = {folio.pk: folio for folio in Folio.objects.filter(pk__in=(source_id, target_id))}
    if len(folios) != len({source_id, target_id}) or source_id == target_id:
        raise FolioNotFitting(field="target")
    locked = {
        pk: folio_lock(folio_id=pk) for pk in sorted(folios, key=lambda pk: (bool(folios[pk].title), pk))
    }
    return locked[source_id], locked[target_id]


def entries_move_write(
    *,
    source: Folio,
    target: Folio,
    entry_ids: Sequence[int],
    actor: User | None,
    may_be_invoiced: bool = False,
) -> list[FolioEntry]:
    """Move charges between two locked folios, inside the caller's transaction. Raises as `folio_entries_move`.

    ``may_be_invoiced``: what stands on an invoice goes too; what takes it off here goes on a credit note.
    """
    if (source.property_id, source.currency) != (target.property_id, target.currency) or target.is_collective:
        raise FolioNotFitting(field="target")
    wanted = set(entry_ids)
    entries = list(FolioEntry.objects.filter(folio=source, pk__in=wanted).order_by("pk"))
    if len(entries) != len(wanted) or not entries:
        raise EntryNotFound
    moved = {part.pk: part for entry in entries for part in _with_parts(entry)}
    if not may_be_invoiced and InvoicedEntry.objects.filter(entry__in=moved).exists():
        raise EntryInvoiced
    there = _("Moved to %(folio)s") % {"folio": target}
    opposites = [
        _opposite(entry, description=f"{there}: {entry.description}", actor=actor) for entry in moved.values()
    ]
    _append_opposites(source, opposites)
    arrived: dict[int, FolioEntry] = {}
    for pk, entry in sorted(moved.items()):
        arrived[pk] = FolioEntry.objects.create(
            folio=target,
            kind=entry.kind,
            description=entry.description,
            amount=entry.amount,
            stay_date=entry.stay_date,
            taxes=entry.taxes,
            extra_id=entry.extra_id,
            quantity=entry.quantity,
            moved_from=entry,
            part_of=arrived.get(entry.part_of_id) if entry.part_of_id else None,
            created_by=actor,
        )
    return list(arrived.values())


def _entry_locked(entry_id: int) -> FolioEntry:
    """The entry, its folio locked."""
    entry = FolioEntry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise EntryNotFound
    entry.folio = folio_lock(folio_id=entry.folio_id)
    return entry


def _reverse_allowed(entry: FolioEntry, *, actor: User, at: datetime) -> None:
    access = staff_access(actor)
    property_id = entry.folio.property_id
    if may_with(access, property_id, OPERATION_PERMISSIONS["folio_reverse"]):
        return
    is_own = entry.extra_id is not None and entry.created_by_id == actor.pk
    is_fresh = entry.created_at > at - timedelta(hours=OWN_EXTRA_UNDO_HOURS)
    if not (is_own and is_fresh and may_with(access, property_id, OPERATION_PERMISSIONS["extra_add"])):
        raise PermissionDenied


def _with_parts(entry: FolioEntry) -> list[FolioEntry]:
    return [entry, *entry.parts.filter(reversed_by__isnull=True).order_by("pk")]


def _opposite(entry: FolioEntry, *, description: str, actor: User | None) -> FolioEntry:
    return FolioEntry(
        folio_id=entry.folio_id,
        kind=EntryKind.REVERSAL,
        description=description[:200],
        amount=-entry.amount,
        stay_date=entry.stay_date,
        reverses=entry,
        extra_id=entry.extra_id,
        quantity=entry.quantity,
        created_by=actor,
    )


def _append_opposites(folio: Folio, opposites: Sequence[FolioEntry]) -> None:
    """Append them, unless one is taken off already or nothing of it is left after a cancellation."""
    reversed_entries = [opposite.reverses for opposite in opposites]
    if any(entry is None or entry.kind not in POSTABLE_KINDS for entry in reversed_entries):
        raise EntryNotReversible
    taken = FolioEntry.objects.filter(reverses__in=[entry.pk for entry in reversed_entries if entry])
    left = folio_charges(folio_id=folio.pk) + sum((opposite.amount for opposite in opposites), Decimal(0))
    if taken.exists() or left < 0:
        raise EntryNotReversible
    FolioEntry.objects.bulk_create(opposites)
