"""Freeing what expired holds still keep, at the moment somebody needs it.

So that correctness never waits for a scheduler: who finds no room frees the expired holds on the nights they want, in
their own transaction, under the lock of these nights.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from bookings.models import Booking, BookingChange, BookingChangeHold, ChangeStatus
from bookings.querysets import BookingQuerySet
from bookings.transitions import BookingStatus
from core.dates import StayDates
from inventory.services.nights import nights_lock_of
from payments.selectors import folio_money

from .charges import charges_keep
from .moving import booking_move, booking_row_lock, booking_write
from .pending import nights_held, pending_end, pending_get, pending_is_over
from .settling import money_covers

REAPED_HOLDS_MAX = 50


def expired_holds_exist(*, room_type_id: int, stay: StayDates, at: datetime) -> bool:
    """Whether expired holds, of bookings or of changes, keep rooms on these nights. Up to two queries, no lock."""
    return (
        _expired_holds(room_type_id, stay, at).exists() or _expired_changes(room_type_id, stay, at).exists()
    )


def nights_lock_reaping(
    *,
    room_type_id: int,
    stay: StayDates,
    at: datetime,
    spare: int = 0,
    also: Iterable[tuple[int, date]] = (),
) -> None:
    """Lock the nights of a stay together with those of the expired holds on them, and let these expire.

    All nights are locked at once and in order, because an expired hold may reach beyond the stay. ``spare`` is a
    booking that is left alone; ``also`` are nights of other room types to be locked along.
    """
    expired = list(
        _expired_holds(room_type_id, stay, at)
        .exclude(pk=spare)
        .order_by("pk")
        .values_list("pk", "arrival", "departure")[:REAPED_HOLDS_MAX]
    )
    overdue = list(
        _expired_changes(room_type_id, stay, at)
        .exclude(booking_id=spare)
        .order_by("booking_id")
        .values_list("booking_id", "pk")[:REAPED_HOLDS_MAX]
    )
    span = StayDates(
        min([stay.arrival, *(arrival for _pk, arrival, _departure in expired)]),
        max([stay.departure, *(departure for _pk, _arrival, departure in expired)]),
    )
    nights = [*((room_type_id, night) for night in span.dates()), *also]
    for _booking_id, change_id in overdue:
        nights += [(held_type_id, night) for held_type_id, night, _rooms in nights_held(change_id=change_id)]
    nights_lock_of(nights=nights)
    changes = dict(overdue)
    for booking_id in sorted({booking_id for booking_id, _arrival, _departure in expired} | changes.keys()):
        booking = booking_row_lock(booking_id=booking_id)
        if hold_is_over(booking, at=at):
            hold_end(booking)
        elif booking_id in changes and booking.pending_change_id == changes[booking_id]:
            change_expire(booking, at=at)


def change_expire(booking: Booking, *, at: datetime) -> bool:
    """Let the waiting change of a locked booking expire if its time is over and nobody has paid; say whether it did."""
    change = pending_get(booking)
    if change is None or not pending_is_over(change, folio_money(folio_id=booking.folio_id), at=at):
        return False
    pending_end(booking, status=ChangeStatus.EXPIRED, refusal="not_paid", at=at)
    booking_write(booking, pending_change=None)
    return True


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


def _expired_changes(room_type_id: int, stay: StayDates, at: datetime) -> QuerySet[BookingChange]:
    return BookingChange.objects.filter(
        status=ChangeStatus.PENDING,
        expires_at__lte=at,
        pk__in=BookingChangeHold.objects.filter(
            room_type_id=room_type_id, date__gte=stay.arrival, date__lt=stay.departure
        ).values("change_id"),
    )
