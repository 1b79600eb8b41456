"""The one way a booking changes its state: lock the nights, lock the booking, check the table, move rooms, write.

Locks are taken in the order RoomInventory → Booking → Room → Folio, everywhere. Both functions here run inside the
caller's transaction; a lock that cannot be had in three seconds is `Unavailable` ("busy").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.utils import timezone

from bookings.exceptions import BookingMoved, BookingNotFound, TransitionNotAllowed
from bookings.models import Booking, ChangeStatus, RoomAssignment
from bookings.transitions import (
    HOLDING_STATUSES,
    ROOMED_STATUSES,
    SOLD_STATUSES,
    BookingStatus,
    transition_allowed,
)
from core.dates import StayDates
from core.exceptions import LOCK_RETRY_SECONDS
from core.locks import lock_timeout
from inventory.services.nights import (
    nights_held_to_sold,
    nights_lock,
    nights_lock_of,
    nights_release_held,
    nights_release_sold,
    nights_sell,
)

from .events import booking_moved_event
from .following import assignments_follow
from .group_nights import group_rooms_return
from .pending import nights_held, pending_end

FREE, HELD, SOLD = "free", "held", "sold"

INVENTORY_MOVES = {
    (HELD, SOLD): nights_held_to_sold,
    (HELD, FREE): nights_release_held,
    (SOLD, FREE): nights_release_sold,
    (FREE, SOLD): nights_sell,
}


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What one saw of a booking before anything was locked.

    ``room_type_ids`` are its own and those of rooms it has as an upgrade; ``held_nights`` are (room type, night) of
    what a change that waits for its payment holds.
    """

    booking_id: int
    room_type_id: int
    stay: StayDates
    room_type_ids: tuple[int, ...]
    pending_change_id: int | None
    held_nights: tuple[tuple[int, date], ...] = ()

    def nights(self, room_type_ids: Iterable[int] = ()) -> list[tuple[int, date]]:
        """Return all that it holds, and the nights of its stay in some room types, as (room type, night)."""
        types = {*self.room_type_ids, *room_type_ids}
        return [*((key, night) for key in types for night in self.stay.dates()), *self.held_nights]


def booking_lock(
    *, booking_id: int, room_type_ids: Iterable[int] = (), also: Iterable[tuple[int, date]] = ()
) -> Booking:
    """Lock the booking's nights, then the booking, and return it with property, room type and rate plan.

    The nights are those of its own room type, of the types of rooms it has as an upgrade, of ``room_type_ids``, what a
    waiting change of it holds, and ``also``, as (room type, night). Four queries, one more for a waiting change. Raises
    `BookingNotFound`, `Unavailable` if a lock is not to be had, and `BookingMoved` if the stay was changed between the
    first look and the lock.
    """
    look = booking_look(booking_id=booking_id)
    others = [*also, *look.held_nights]
    if others or {*look.room_type_ids, *room_type_ids} != {look.room_type_id}:
        nights_lock_of(nights=[*look.nights(room_type_ids), *others])
    else:
        nights_lock(room_type_id=look.room_type_id, stay=look.stay)
    return booking_lock_as_seen(look)


def booking_look(*, booking_id: int) -> FirstLook:
    """See which nights a booking holds, to lock them first. One query, or two. Raises `BookingNotFound`."""
    upgrades = RoomAssignment.objects.filter(booking_id=OuterRef("pk"), block__isnull=False).order_by()
    row = (
        Booking.objects.filter(pk=booking_id)
        .values_list(
            "room_type_id",
            "arrival",
            "departure",
            "pending_change_id",
            ArraySubquery(upgrades.values("room__room_type_id")),
        )
        .order_by()
        .first()
    )
    if row is None:
        raise BookingNotFound
    room_type_id, arrival, departure, change_id, others = row
    held = nights_held(change_id=change_id) if change_id else []
    return FirstLook(
        booking_id=booking_id,
        room_type_id=room_type_id,
        stay=StayDates(arrival, departure),
        room_type_ids=(room_type_id, *others),
        pending_change_id=change_id,
        held_nights=tuple((held_type_id, night) for held_type_id, night, _rooms in held),
    )


def booking_lock_as_seen(look: FirstLook) -> Booking:
    """Lock a booking whose nights are locked. Two queries. Raises `BookingMoved` if it holds other nights by now."""
    booking = booking_row_lock(booking_id=look.booking_id)
    seen = (look.room_type_id, look.stay, look.pending_change_id)
    if (booking.room_type_id, booking_stay(booking), booking.pending_change_id) != seen:
        raise BookingMoved(code="busy", retry_after=LOCK_RETRY_SECONDS)
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

    Physical rooms follow, and programs are told of it by an event, in the same transaction. A change that waits for
    its payment ends with a stay that ends.

    Raises `TransitionNotAllowed`, and `SoldOut` when it needs rooms that are gone; neither writes anything.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "booking_move() needs the transaction that holds the locks"
        )
    if not transition_allowed(source=booking.status, target=target):
        raise TransitionNotAllowed.between(source=booking.status, target=target)
    if _ends_change(booking, target):
        pending_end(booking, status=ChangeStatus.REFUSED, refusal=f"booking_{target}", at=timezone.now())
        changes["pending_change"] = None
    move = INVENTORY_MOVES.get((_place(booking.status), _place(target)))
    is_returned = target == BookingStatus.CANCELLED and move is not None and group_rooms_return(booking)
    if move is not None and not is_returned:
        move(room_type_id=booking.room_type_id, stay=booking_stay(booking), rooms=booking.rooms)
    source = booking.status
    booking_write(booking, status=target, **changes)
    if source in ROOMED_STATUSES:
        assignments_follow(booking)
    booking_moved_event(booking, source=source)
    return booking


def booking_write(booking: Booking, **changes: Any) -> Booking:
    """Write some fields of a locked booking and count its version up. One query."""
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.version += 1
    booking.save(update_fields=[*changes, "version", "updated_at"])
    return booking


def _ends_change(booking: Booking, target: BookingStatus) -> bool:
    """Whether what was agreed about another stay is void: all states do that, but coming on the day it keeps."""
    if booking.pending_change_id is None:
        return False
    if target == BookingStatus.CONFIRMED:
        return False
    change = booking.pending_change
    assert change is not None
    return target != BookingStatus.CHECKED_IN or change.after["arrival"] != booking.arrival.isoformat()


def _place(status: str) -> str:
    """Where a booking's rooms are in the inventory."""
    if status in HOLDING_STATUSES:
        return HELD
    return SOLD if status in SOLD_STATUSES else FREE
