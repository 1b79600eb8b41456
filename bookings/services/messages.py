"""What staff write: notes for each other, and the confirmation once more to the guest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import staff_may
from bookings.exceptions import GuestRequired, TransitionNotAllowed
from bookings.models import Booking
from bookings.selectors import sold_get
from bookings.transitions import SOLD_STATUSES
from core.editing import rows_unchanged
from core.exceptions import PermissionDenied, translate_integrity_errors
from payments.selectors import folio_money

from .mails import confirmed_mail
from .moving import booking_row_lock, booking_write


@translate_integrity_errors()
def confirmation_mail_again(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """Write the confirmation to the outbox once more, as the booking stands now; at most once a minute.

    Locks the booking. Raises `PermissionDenied`, `TransitionNotAllowed` unless it is sold, `GuestRequired` without an
    e-mail address, `BookingNotFound`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        if not staff_may(actor, booking.property_id):
            raise PermissionDenied
        if booking.status not in SOLD_STATUSES:
            raise TransitionNotAllowed.between(source=booking.status, target=booking.status)
        if not booking.guest_email:
            raise GuestRequired(field="email")
        confirmed_mail(
            booking,
            sold=sold_get(booking=booking),
            money=folio_money(folio_id=booking.folio_id),
            at=at,
            again=f"{at:%Y%m%dT%H%M}",
        )
    return booking


@translate_integrity_errors()
def booking_notes_set(*, booking_id: int, notes: str, actor: User) -> Booking:
    """Write what staff tell each other about a booking, in whatever state it is.

    Locks the booking. Raises `PermissionDenied`, `BookingNotFound`.
    """
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        if not staff_may(actor, booking.property_id):
            raise PermissionDenied
        rows_unchanged(Booking, fields=("staff_notes",))
        return booking_write(booking, staff_notes=notes)
