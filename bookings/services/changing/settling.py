"""The end of a change that waits for its payment: done once it is paid, or over when nobody has paid in time."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from bookings.models import Booking
from bookings.services.pending import pending_get, pending_is_paid
from bookings.services.reaping import change_expire
from payments.models import Payment, PaymentPurpose, PaymentStatus, Refund
from payments.types import FolioMoney

from .applying import change_apply


def pending_settle(
    booking: Booking, *, money: FolioMoney, actor: User | None, at: datetime
) -> tuple[list[Refund], bool]:
    """Bring the waiting change of a locked booking to what its payments say: refunds, and whether its end has come.

    In the caller's transaction, which holds the locks of `booking_lock`. A payment that comes late, but before the
    nights are given to somebody else, still does it.
    """
    change = pending_get(booking)
    if change is None:
        return [], False
    if pending_is_paid(change, money):
        change.payment = _payment_of(booking)
        return change_apply(booking, change, actor=actor or change.actor, at=at), True
    return [], change_expire(booking, at=at)


def _payment_of(booking: Booking) -> Payment | None:
    """The payment that was made for the change, the newest if there are several. One query."""
    return (
        Payment.objects.filter(
            folio_id=booking.folio_id,
            purpose=PaymentPurpose.CHANGE,
            status__in=(PaymentStatus.CAPTURED, PaymentStatus.AUTHORIZED),
        )
        .order_by("-created_at", "-pk")
        .first()
    )
