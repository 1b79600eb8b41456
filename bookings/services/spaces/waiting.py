"""What waits for an answer or for money does not wait for ever."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from bookings.models import SpaceBooking
from bookings.selectors.spaces.availability import WAITING_STATUSES
from bookings.space_transitions import SpaceBookingStatus
from inventory.hourly import Period
from inventory.models import Space
from payments.selectors import folio_money
from payments.types import FolioMoney

from .charging import take_off
from .mails import expired_mail
from .moving import space_booking_move, space_bookings_lock

_S = SpaceBookingStatus


def space_reap(*, space: Space, spans: Collection[Period], at: datetime) -> None:
    """Let expire what has waited too long for these times of a locked space, so that nobody waits for a scheduler.

    Inside the caller's transaction. One query where there is nothing.
    """
    if not spans:
        return
    widest = Period(min(span.start for span in spans), max(span.end for span in spans)).widened(
        before=space.buffer_before_minutes, after=space.buffer_after_minutes
    )
    rows = SpaceBooking.objects.filter(
        space_id=space.pk,
        status__in=WAITING_STATUSES,
        hold_expires_at__lte=at,
        occupied_from__lt=widest.end,
        occupied_until__gt=widest.start,
    )
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        for booking in space_bookings_lock(SpaceBooking.objects.filter(pk__in=ids)):
            space_wait_end(booking, at=at)


def space_wait_end(booking: SpaceBooking, *, at: datetime) -> bool:
    """End the waiting of a locked booking if its time is over and nobody has paid: charges off, a mail, an event."""
    is_over = booking.hold_expires_at is not None and booking.hold_expires_at <= at
    if not is_over or booking.status not in WAITING_STATUSES:
        return False
    if booking.folio_id is not None and is_covered(folio_money(folio_id=booking.folio_id)):
        return False
    was = booking.status
    take_off(booking, keep=Decimal(0), what="expire", actor=None)
    space_booking_move(booking, target=_S.EXPIRED, charged=booking.charged)
    expired_mail(booking, was=was)
    return True


def is_covered(money: FolioMoney) -> bool:
    """Whether the whole of a folio is paid, put aside by the guest's bank, or will be paid at the property."""
    return money.is_guaranteed or money.balance - money.authorized <= 0
