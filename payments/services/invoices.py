"""Issuing invoices and credit notes. What is issued never changes; numbers have no gaps.

The number is counted in a row that is locked last, in the transaction that writes the document: who comes at the same
time waits, and what is rolled back takes its number back with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import operation_require
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.locks import lock_timeout
from inventory.models import Property
from payments.exceptions import (
    EntryInvoiced,
    EntryNotFound,
    InvoiceKeyReused,
    InvoiceNotCancellable,
    NothingToInvoice,
)
from payments.models import Folio, FolioEntry, Invoice, InvoicedEntry, InvoiceKind, InvoiceSeries
from payments.selectors import (
    entries_open,
    folio_entries,
    folio_paid,
    house_taxes,
    invoice_get,
    invoiced_paid,
)
from payments.selectors.invoices import invoice_dedup_key
from payments.subjects import folio_subject
from payments.types import InvoiceRecipient, InvoiceStay

from .folios import folio_lock
from .invoice_snapshots import InvoiceFigures, figures_of, house_snapshot, payments_snapshot

NUMBER_DIGITS = 5
CREDIT_NOTE_MARK = "CN-"
KEY_MAX_LENGTH = 100
REASON_MAX_LENGTH = 200


def invoice_issue(
    *,
    folio_id: int,
    recipient: InvoiceRecipient,
    actor: User,
    key: str,
    at: datetime | None = None,
    entry_ids: Sequence[int] | None = None,
    stay: InvoiceStay | None = None,
) -> Invoice:
    """Issue an invoice over entries of a folio; None: everything that is on none yet. Committed on return.

    A folio may be split: each entry stands on one invoice that counts. Where the chosen entries come to less than
    nothing (a charge was taken off after it was invoiced) it is a credit note. The same key gives the same invoice.
    Without a ``stay`` it is the one that the folio is about; it is written in the recipient's language, or the guest's.
    Locks the folio, then the counter. Raises `PermissionDenied`, `NothingToInvoice`, `EntryInvoiced`, `EntryNotFound`,
    `InvoiceKeyReused`, `ValidationFailed` without a recipient, `Unavailable`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        return invoice_write(
            folio_id=folio_id,
            recipient=recipient,
            actor=actor,
            key=key,
            at=at,
            entry_ids=entry_ids,
            stay=stay,
        )


def invoice_write(
    *,
    folio_id: int,
    recipient: InvoiceRecipient,
    actor: User,
    key: str,
    at: datetime | None = None,
    entry_ids: Sequence[int] | None = None,
    stay: InvoiceStay | None = None,
) -> Invoice:
    """Do what `invoice_issue` does inside the caller's transaction, for invoices that come with something else."""
    at = at or timezone.now()
    folio = folio_lock(folio_id=folio_id)
    operation_require(actor, folio.property_id, "invoice_issue")
    known = Invoice.objects.filter(dedup_key=_key(folio_id, key)).first()
    if known is not None:
        if entry_ids is not None and {line["entry"] for line in known.lines} != set(entry_ids):
            raise InvoiceKeyReused(field="key")
        return known
    if not (recipient.name.strip() or recipient.company.strip()):
        raise ValidationFailed(_("Please name the recipient."), field="name")
    house = Property.objects.get(pk=folio.property_id)
    subject = folio_subject(folio_id)
    chosen = _chosen(folio, entry_ids)
    entries = folio_entries(folio_id=folio_id)
    language = recipient.language or (subject.recipient.language if subject else "") or get_language() or "en"
    figures = figures_of(
        chosen,
        entries=entries,
        taxes=house_taxes(property_id=house.pk),
        currency=folio.currency,
        time_zone=house.time_zone,
    )
    with override(language):
        payments = payments_snapshot(entries, currency=folio.currency, time_zone=house.time_zone)
    paid = _paid(folio, figures.total)
    invoice = _numbered(
        house=house,
        kind=InvoiceKind.INVOICE if figures.total >= 0 else InvoiceKind.CREDIT_NOTE,
        at=at,
        folio=folio,
        language=language,
        recipient_name=(recipient.company or recipient.name)[:200],
        recipient=recipient.as_json(),
        house_printed=house_snapshot(house),
        stay=(stay or (subject.stay if subject else InvoiceStay())).as_json(),
        figures=figures,
        payments=payments,
        paid=paid,
        dedup_key=_key(folio_id, key),
        created_by=actor,
    )
    InvoicedEntry.objects.bulk_create(InvoicedEntry(entry=entry, invoice=invoice) for entry in chosen)
    return invoice


def invoice_cancel(
    *, invoice_id: int, reason: str, actor: User, key: str = "", at: datetime | None = None
) -> Invoice:
    """Take an invoice back as a whole by a credit note, which has a number of its own; its entries are free again.

    The same invoice is taken back once: asked again with the same key it gives the credit note that is there. Locks
    the folio, then the counter. Raises `InvoiceNotFound`, `InvoiceNotCancellable`, `PermissionDenied`,
    `ValidationFailed` without a reason, `Unavailable`.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise ValidationFailed(_("Please say why."), field="reason")
    invoice = invoice_get(invoice_id=invoice_id)
    with translate_integrity_errors(), transaction.atomic(durable=True):
        folio = folio_lock(folio_id=invoice.folio_id)
        operation_require(actor, folio.property_id, "invoice_cancel")
        dedup_key = f"cancel:{invoice_id}:{key}"
        known = Invoice.objects.filter(cancels=invoice).first()
        if known is not None and known.dedup_key == dedup_key:
            return known
        if known is not None or invoice.kind != InvoiceKind.INVOICE:
            raise InvoiceNotCancellable
        credit_note = _numbered(
            house=invoice.property,
            kind=InvoiceKind.CREDIT_NOTE,
            at=at,
            folio=folio,
            language=invoice.language,
            recipient_name=invoice.recipient_name,
            recipient=invoice.recipient,
            house_printed=house_snapshot(invoice.property),
            stay=invoice.stay,
            figures=InvoiceFigures.taken_back(invoice),
            payments=[],
            paid=-invoice.paid,
            dedup_key=dedup_key,
            created_by=actor,
            cancels=invoice,
            reason=reason.strip()[:REASON_MAX_LENGTH],
        )
        InvoicedEntry.objects.filter(invoice=invoice).delete()
    return credit_note


def series_name(*, prefix: str, kind: str, year: int) -> str:
    """What the numbers of a series begin with: LIS-2026-, and LIS-CN-2026- for credit notes."""
    mark = CREDIT_NOTE_MARK if kind == InvoiceKind.CREDIT_NOTE else ""
    return f"{prefix}{mark}{year}-"


def _chosen(folio: Folio, entry_ids: Sequence[int] | None) -> list[FolioEntry]:
    """The entries to invoice, all of this folio and on no invoice yet."""
    free = entries_open(folio_id=folio.pk)
    if entry_ids is None:
        chosen = free
    else:
        wanted = set(entry_ids)
        chosen = [entry for entry in free if entry.pk in wanted]
        missing = wanted - {entry.pk for entry in chosen}
        if missing and InvoicedEntry.objects.filter(entry__in=missing, entry__folio=folio).exists():
            raise EntryInvoiced
        if missing:
            raise EntryNotFound
    if not chosen:
        raise NothingToInvoice
    return chosen


def _paid(folio: Folio, total: Decimal) -> Decimal:
    """What of the folio's money stands against a document over ``total``: what no other has used."""
    free = folio_paid(folio_id=folio.pk) - invoiced_paid(folio_id=folio.pk)
    return max(min(free, total), Decimal(0)) if total >= 0 else min(max(free, total), Decimal(0))


def _numbered(
    *,
    house: Property,
    kind: InvoiceKind,
    at: datetime,
    folio: Folio,
    language: str,
    recipient_name: str,
    recipient: dict[str, str],
    house_printed: dict[str, str],
    stay: dict[str, str],
    figures: InvoiceFigures,
    payments: list[dict[str, str]],
    paid: Decimal,
    dedup_key: str,
    created_by: User,
    cancels: Invoice | None = None,
    reason: str = "",
) -> Invoice:
    """Count the series and write the document. The counter is the last lock of all."""
    issued_on = at.astimezone(ZoneInfo(house.time_zone)).date()
    series = _series_counted(house=house, kind=kind, year=issued_on.year)
    name = series_name(prefix=series.prefix, kind=kind, year=series.year)
    return Invoice.objects.create(
        property=house,
        folio=folio,
        series=series,
        sequence=series.last_number,
        number=f"{name}{series.last_number:0{NUMBER_DIGITS}d}",
        kind=kind,
        cancels=cancels,
        issued_at=at,
        issued_on=issued_on,
        language=language,
        currency=folio.currency,
        recipient_name=recipient_name,
        recipient=recipient,
        house=house_printed,
        stay=stay,
        lines=figures.lines,
        breakdown=figures.breakdown,
        payments=payments,
        net=figures.net,
        tax=figures.tax,
        total=figures.total,
        paid=paid,
        reason=reason,
        dedup_key=dedup_key,
        created_by=created_by,
    )


def _series_counted(*, house: Property, kind: InvoiceKind, year: int) -> InvoiceSeries:
    """Lock the series, beginning it where there is none, and count it by one."""
    which = {"property_id": house.pk, "kind": kind, "year": year, "prefix": house.invoice_prefix}
    InvoiceSeries.objects.bulk_create([InvoiceSeries(**which)], ignore_conflicts=True)
    with lock_timeout():
        series = InvoiceSeries.objects.select_for_update(no_key=True).get(**which)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return series


def _key(folio_id: int, key: str) -> str:
    if not key or len(key) > KEY_MAX_LENGTH:
        raise ValidationFailed(_("The key of the form is missing."), field="key")
    return invoice_dedup_key(folio_id, key)
