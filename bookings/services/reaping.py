"""Freeing what expired holds still keep, at the moment somebody needs it.

So that correctness never waits for a scheduler: who finds no room frees the expired holds on the nights they want, in
their own transaction, under the lock of these nights.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from bookings.transitions import BookingStatus
from core.dates import StayDates
from inventory.services.nights import nights_lock
from payments.selectors import folio_money

from .charges import charges_keep
from .moving import booking_move, booking_row_lock
from .settling import money_covers

REAPED_HOLDS_MAX = 50


def expired_holds_exist(*, room_type_id: int, stay: StayDates, at: datetime) -> bool:
    """Whether expired holds keep rooms on these nights. One query, no lock."""
    return _expired_holds(room_type_id, stay, at).exists()


def nights_lock_reaping(*, room_type_id: int, stay: StayDates, at: datetime, spare: int = 0) -> None:
    """Lock the nights of a stay together with those of the expired holds on them, and let these expire.

    All nights are locked at once and in order, because an expired hold may reach beyond the stay. ``spare`` is a
    booking that is left alone.
    """
    expired = list(
        _expired_holds(room_type_id, stay, at)
        .exclude(pk=spare)
        .order_by("pk")
        .values_list("pk", "arrival", "departure")[:REAPED_HOLDS_MAX]
    )
    span = StayDates(
        min([stay.arrival, *(arrival for _pk, arrival, _departure in expired)]),
        max([stay.departure, *(departure for _pk, _arrival, departure in expired)]),
    )
    nights_lock(room_type_id=room_type_id, stay=span)
    for booking_id, _arrival, _departure in expired:
        booking = booking_row_lock(booking_id=booking_id)
        if hold_is_over(booking, at=at):
            hold_end(booking)


def hold_is_over(booking: Booking, *, at: datetime) -> bool:
    """Whether a locked booking is a hold whose time is over and that nobody has paid for. Up to one query."""
    if (
        booking.status != BookingStatus.HELD
        or booking.hold_expires_at is None
        or booking.hold_expires_at > at
    ):
        return False
    return not money_covers(booking, folio_money(folio_id=booking.folio_id))


def hold_end(booking: Booking) -> Booking:
    """Let a locked hold expire: rooms free, charges off."""
    charges_keep(booking, fee=Decimal(0), what="expired", actor=None)
    return booking_move(booking, target=BookingStatus.EXPIRED)


def _expired_holds(room_type_id: int, stay: StayDates, at: datetime) -> BookingQuerySet:
    return Booking.objects.hold_expired(at=at).filter(
        room_type_id=room_type_id, arrival__lt=stay.departure, departure__gt=stay.arrival
    )
