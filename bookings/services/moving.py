"""The one way a booking changes its state: lock the nights, lock the booking, check the table, move rooms, write.

Locks are taken in the order RoomInventory → Booking → Folio, everywhere. Both functions here run inside the caller's
transaction; a lock that cannot be had in three seconds is `Unavailable` ("busy").
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bookings.exceptions import BookingNotFound, TransitionNotAllowed
from bookings.models import Booking
from bookings.transitions import HOLDING_STATUSES, SOLD_STATUSES, BookingStatus, transition_allowed
from core.dates import StayDates
from core.exceptions import LOCK_RETRY_SECONDS, Unavailable
from core.locks import lock_timeout
from inventory.services.nights import (
    nights_held_to_sold,
    nights_lock,
    nights_release_held,
    nights_release_sold,
    nights_sell,
)

from .events import booking_moved_event

FREE, HELD, SOLD = "free", "held", "sold"

INVENTORY_MOVES = {
    (HELD, SOLD): nights_held_to_sold,
    (HELD, FREE): nights_release_held,
    (SOLD, FREE): nights_release_sold,
    (FREE, SOLD): nights_sell,
}


def booking_lock(*, booking_id: int) -> Booking:
    """Lock the booking's nights, then the booking, and return it with property, room type and rate plan.

    Four queries. Raises `BookingNotFound`, and `Unavailable` if a lock is not to be had or the stay was changed
    between the first look and the lock.
    """
    stay_before = _stay_of(booking_id)
    if stay_before is None:
        raise BookingNotFound
    room_type_id, stay = stay_before
    nights_lock(room_type_id=room_type_id, stay=stay)
    booking = booking_row_lock(booking_id=booking_id)
    if (booking.room_type_id, booking_stay(booking)) != (room_type_id, stay):
        raise Unavailable(
            _("This booking is being changed. Please try again."), code="busy", retry_after=LOCK_RETRY_SECONDS
        )
    return booking


def booking_row_lock(*, booking_id: int) -> Booking:
    """Lock the booking alone: for changes that move no rooms. Two queries. Raises `BookingNotFound`, `Unavailable`."""
    with lock_timeout():
        booking = (
            Booking.objects.select_for_update(of=("self",), no_key=True)
            .with_summary()
            .filter(pk=booking_id)
            .first()
        )
    if booking is None:
        raise BookingNotFound
    return booking


def booking_stay(booking: Booking) -> StayDates:
    """The nights of a booking."""
    return StayDates(booking.arrival, booking.departure)


def booking_move(booking: Booking, *, target: BookingStatus, **changes: Any) -> Booking:
    """Take a locked booking to ``target``: its rooms with it, ``changes`` written along, the version counted up.

    Programs are told of it by an event in the same transaction.

    Raises `TransitionNotAllowed`, and `SoldOut` when it needs rooms that are gone; neither writes anything.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "booking_move() needs the transaction that holds the locks"
        )
    if not transition_allowed(source=booking.status, target=target):
        raise TransitionNotAllowed.between(source=booking.status, target=target)
    move = INVENTORY_MOVES.get((_place(booking.status), _place(target)))
    if move is not None:
        move(room_type_id=booking.room_type_id, stay=booking_stay(booking), rooms=booking.rooms)
    source = booking.status
    booking_write(booking, status=target, **changes)
    booking_moved_event(booking, source=source)
    return booking


def booking_write(booking: Booking, **changes: Any) -> Booking:
    """Write some fields of a locked booking and count its version up. One query."""
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.version += 1
    booking.save(update_fields=[*changes, "version", "updated_at"])
    return booking


def _stay_of(booking_id: int) -> tuple[int, StayDates] | None:
    row = (
        Booking.objects.filter(pk=booking_id)
        .values_list("room_type_id", "arrival", "departure")
        .order_by()
        .first()
    )
    return (row[0], StayDates(row[1], row[2])) if row else None


def _place(status: str) -> str:
    """Where a booking's rooms are in the inventory."""
    if status in HOLDING_STATUSES:
        return HELD
    return SOLD if status in SOLD_STATUSES else FREE
