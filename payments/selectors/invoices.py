"""Invoices as they were issued, and what of a folio is on none yet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from inventory.models import Tax
from inventory.models.taxes import TaxKind
from payments.exceptions import InvoiceNotFound
from payments.models import EntryKind, FolioEntry, Invoice, InvoiceKind
from payments.taxation import HouseTax

from .folios import CHARGE_KINDS

_NOTHING = Value(Decimal(0), output_field=DecimalField())


def entries_open(*, folio_id: int) -> list[FolioEntry]:
    """Charges, taxes, fees and reversals that are on no invoice that counts, oldest first. One query.

    A charge that was taken off before it was invoiced is left out, and so is what took it off: nobody owes either.
    """
    charged = FolioEntry.objects.filter(folio_id=folio_id, kind__in=CHARGE_KINDS, invoiced__isnull=True)
    undone = Q(reversed_by__isnull=False, reversed_by__invoiced__isnull=True)
    undoing = Q(reverses__isnull=False, reverses__invoiced__isnull=True)
    return list(charged.exclude(undone).exclude(undoing).exclude(amount=0).order_by("pk"))


def folio_entries(*, folio_id: int) -> list[FolioEntry]:
    """Every entry of a folio in the order of posting, payments with how they were paid. One query."""
    return list(FolioEntry.objects.filter(folio_id=folio_id).select_related("payment").order_by("pk"))


def house_taxes(*, property_id: int) -> list[HouseTax]:
    """The taxes of a house as invoices need them. One query."""
    return [
        HouseTax(
            name=tax.name,
            percent=tax.value if tax.kind == TaxKind.PERCENT else None,
            is_included=tax.is_included,
            valid_from=tax.valid_from,
            valid_until=tax.valid_until,
        )
        for tax in Tax.objects.filter(property_id=property_id).order_by("position", "pk")
    ]


def invoiced_paid(*, folio_id: int) -> Decimal:
    """How much of a folio's money stands against invoices; credit notes have set theirs free. One query."""
    total: Decimal = Invoice.objects.filter(folio_id=folio_id).aggregate(
        total=Coalesce(Sum("paid"), _NOTHING)
    )["total"]
    return total


def invoice_get(*, invoice_id: int) -> Invoice:
    """An invoice with its property. One query. Raises `InvoiceNotFound`."""
    invoice = Invoice.objects.select_related("property", "cancels").filter(pk=invoice_id).first()
    if invoice is None:
        raise InvoiceNotFound
    return invoice


def invoices_of_folio(*, folio_id: int) -> QuerySet[Invoice]:
    """The documents of a folio, oldest first, each with the one it takes back and the one that took it back.

    One query when read.
    """
    return (
        Invoice.objects.filter(folio_id=folio_id)
        .select_related("cancels", "cancelled_by")
        .order_by("issued_at", "pk")
    )


def invoice_by_key(*, folio_id: int, key: str) -> Invoice | None:
    """The document of a folio that was issued under a key, if there is one. One query."""
    return invoices_of_folio(folio_id=folio_id).filter(dedup_key=invoice_dedup_key(folio_id, key)).first()


def invoice_dedup_key(folio_id: int, key: str) -> str:
    """How a key of the one who issues is stored: it counts for one folio alone. No query."""
    return f"{folio_id}:{key}"


def invoice_of_folio(*, folio_id: int, number: str) -> Invoice:
    """One document of a folio by its number. One query. Raises `InvoiceNotFound`."""
    rows = Invoice.objects.filter(folio_id=folio_id, number=number)
    invoice = rows.select_related("property", "cancels").first()
    if invoice is None:
        raise InvoiceNotFound
    return invoice


def invoices_total(invoices: Iterable[Invoice]) -> Decimal:
    """What invoices and credit notes come to together. No query."""
    return sum((invoice.total for invoice in invoices), Decimal(0))


def invoice_is_live(invoice: Invoice) -> bool:
    """Whether it counts: an invoice that no credit note has taken back. No query after `invoices_of_folio`."""
    return invoice.kind == InvoiceKind.INVOICE and not hasattr(invoice, "cancelled_by")


def entry_of_folio(*, folio_id: int, entry_id: int) -> FolioEntry | None:
    """One entry of a folio. One query."""
    return FolioEntry.objects.filter(pk=entry_id, folio_id=folio_id).first()


def entries_movable(*, folio_id: int, target_id: int) -> list[int]:
    """Ids of charges for rooms and of taxes that stand whole and on no invoice, and may go to a group's folio.

    Extras, what was charged by hand, and what came from elsewhere stay. Two queries.

    Where a reversal of the whole stay has left a fee only, nothing stands whole.
    """
    rows = FolioEntry.objects.filter(
        folio_id=folio_id,
        kind__in=(EntryKind.CHARGE, EntryKind.TAX, EntryKind.FEE),
        extra__isnull=True,
        reversed_by__isnull=True,
        invoiced__isnull=True,
        part_of__isnull=True,
        amount__gt=0,
    ).filter(Q(moved_from__isnull=True) | Q(moved_from__folio_id=target_id))
    rows = rows.filter(Q(dedup_key__isnull=True) | ~Q(dedup_key__startswith="charge:"))
    lump = FolioEntry.objects.filter(folio_id=folio_id, kind=EntryKind.REVERSAL, reverses__isnull=True)
    last = lump.order_by("-pk").values_list("pk", flat=True).first()
    return list((rows.filter(pk__gt=last) if last else rows).order_by("pk").values_list("pk", flat=True))


def entries_moved_from(*, folio_id: int, source_id: int) -> list[int]:
    """Ids of the charges in a folio that came from another one and stand there still. One query."""
    rows = FolioEntry.objects.filter(
        folio_id=folio_id, moved_from__folio_id=source_id, reversed_by__isnull=True, part_of__isnull=True
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))
