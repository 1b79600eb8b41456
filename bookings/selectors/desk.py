"""What staff see of a booking besides the booking."""

from __future__ import annotations

from dataclasses import dataclass

from bookings.models import Booking
from notifications.models import Notification
from notifications.selectors import notifications_with_keys
from payments.models import Payment
from payments.selectors import folio_statement, payments_for_folio
from payments.types import StatementLine


@dataclass(frozen=True, slots=True)
class BookingDesk:
    """The folio's statement, the payments with their refunds, and the messages to the guest, newest first."""

    statement: list[StatementLine]
    payments: list[Payment]
    messages: list[Notification]


def booking_desk(*, booking: Booking) -> BookingDesk:
    """Read everything that hangs on a booking. Four queries."""
    payments = payments_for_folio(folio_id=booking.folio_id)
    refund_ids = [refund.pk for payment in payments for refund in payment.refunds.all()]
    keys = [
        *(f"{kind}:{booking.pk}" for kind in ("booking_confirmed", "booking_cancelled")),
        *(f"{kind}:{payment.pk}" for kind in ("payment_receipt", "payment_failed") for payment in payments),
        *(f"payment_refunded:{refund_id}" for refund_id in refund_ids),
    ]
    return BookingDesk(
        statement=folio_statement(folio_id=booking.folio_id),
        payments=payments,
        messages=notifications_with_keys(keys=keys, prefix=f"booking_confirmed:{booking.pk}:"),
    )
