"""What staff see of a booking besides the booking."""

from __future__ import annotations

from dataclasses import dataclass

from bookings.models import Booking, BookingChange, BookingNote, Registration, RoomAssignment
from notifications.models import Notification
from notifications.selectors import notifications_with_keys
from payments.models import Invoice, Payment
from payments.selectors import folio_statement, invoices_of_folio, payments_for_folio
from payments.types import StatementLine

from .assignments import assignments_of
from .changes import changes_of_booking
from .guests import GuestSummary, guest_summary
from .registrations import registrations_of

NOTES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class BookingDesk:
    """Everything about a stay: money, messages to the guest (newest first), rooms, cards, notes, changes, the guest."""

    statement: list[StatementLine]
    payments: list[Payment]
    messages: list[Notification]
    invoices: list[Invoice]
    assignments: list[RoomAssignment]
    registrations: list[Registration]
    notes: list[BookingNote]
    changes: list[BookingChange]
    guest: GuestSummary | None


def booking_desk(*, booking: Booking) -> BookingDesk:
    """Read everything that hangs on a booking. Nine queries, and three more for a guest who has a profile.

    The booking comes with its property and its guest.
    """
    payments = payments_for_folio(folio_id=booking.folio_id)
    refund_ids = [refund.pk for payment in payments for refund in payment.refunds.all()]
    keys = [
        *(f"{kind}:{booking.pk}" for kind in ("booking_confirmed", "booking_cancelled", "booking_no_show")),
        *(f"{kind}:{payment.pk}" for kind in ("payment_receipt", "payment_failed") for payment in payments),
        *(f"payment_refunded:{refund_id}" for refund_id in refund_ids),
    ]
    return BookingDesk(
        statement=folio_statement(folio_id=booking.folio_id),
        payments=payments,
        messages=notifications_with_keys(keys=keys, prefix=f"booking_confirmed:{booking.pk}:"),
        invoices=list(invoices_of_folio(folio_id=booking.folio_id)),
        assignments=assignments_of(booking),
        registrations=registrations_of(booking=booking),
        notes=list(BookingNote.objects.filter(booking=booking).order_by("-pk")[:NOTES_SHOWN]),
        changes=changes_of_booking(booking=booking),
        guest=guest_summary(booking.guest) if booking.guest else None,
    )
