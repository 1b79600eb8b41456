"""What the folio of an imported booking says. All amounts in EUR."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from bookings.transitions import BookingStatus
from payments.bulk import ImportedEntry, ImportedFolio, ImportedPayment
from payments.models import EntryKind, PaymentPurpose

from .rows import CURRENCY, SourceBooking

REVERSAL_DESCRIPTIONS = {
    BookingStatus.CANCELLED: "Cancelled free of charge",
    BookingStatus.NO_SHOW: "No-show",
}


def kept_after(*, booking: SourceBooking) -> Decimal:
    """What the hotel keeps of a booking whose guest does not come: the deposit of a non-refundable one."""
    return Decimal(0) if booking.is_refundable else booking.total


def folio_draft(
    *,
    booking: SourceBooking,
    status: BookingStatus,
    key: str,
    property_id: int,
    made_at: datetime,
    ended_at: datetime | None,
) -> ImportedFolio:
    """The folio of a booking in some state: one charge, the reversal of what is not kept, and the payment.

    Non-refundable bookings were paid when they were made; the others are paid at check-out.
    """
    folio = ImportedFolio(property_id=property_id, currency=CURRENCY, opened_at=made_at)
    total = booking.total
    if not total:
        return folio
    nights = "1 night" if booking.nights == 1 else f"{booking.nights} nights"
    folio.entries.append(ImportedEntry(EntryKind.CHARGE, f"Accommodation, {nights}", total, made_at))
    if not booking.is_refundable:
        folio.payment = ImportedPayment(f"import:{key}", "Total (card)", PaymentPurpose.TOTAL, total, made_at)
    elif status is BookingStatus.CHECKED_OUT and ended_at is not None:
        folio.payment = ImportedPayment(
            f"import:{key}", "Balance (card)", PaymentPurpose.BALANCE, total, ended_at
        )
    elif status in REVERSAL_DESCRIPTIONS and ended_at is not None:
        folio.entries.append(
            ImportedEntry(EntryKind.REVERSAL, REVERSAL_DESCRIPTIONS[status], -total, ended_at)
        )
    return folio
