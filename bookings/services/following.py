"""Physical rooms follow what becomes of a booking: kept where they still fit, cut, prolonged or given back.

Part of every change of a booking, inside its transaction and under its locks. Rooms are locked after the booking, in
order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from bookings.models import Booking, RoomAssignment
from bookings.transitions import ROOMED_STATUSES, BookingStatus
from core.dates import ONE_DAY, property_today
from core.locks import lock_timeout
from inventory.models import ClosureKind, Room, RoomClosure
from inventory.services.housekeeping import rooms_mark_dirty
from inventory.services.room_blocks import room_block_change, room_block_release


def assignments_follow(booking: Booking, *, at: datetime | None = None) -> None:
    """Bring a locked booking's rooms in line with its status, dates, room type and number of rooms.

    Who is not expected, in the house or gone after a stay has none. Nights that are no longer of the stay are given
    back; new nights before or after are taken in the same room where that is free, and stay without a room otherwise.
    A room that is not of the booked type any more is given back from today on, unless it was an upgrade. Rooms of who
    has left are dirty. One query for a booking without rooms; locks the rooms that are prolonged.
    """
    found = list(_rows(booking))
    if not found:
        return
    if booking.status not in ROOMED_STATUSES:
        for row in found:
            assignment_drop(row)
        return
    is_gone = booking.status == BookingStatus.CHECKED_OUT
    at = at or (booking.checked_out_at if is_gone else None) or timezone.now()
    today = property_today(booking.property.time_zone, at)
    if is_gone:
        rooms_mark_dirty(room_ids={row.room_id for row in found if row.start <= today <= row.end}, at=at)
    by_index: dict[int, list[RoomAssignment]] = {}
    for row in found:
        by_index.setdefault(row.room_index, []).append(row)
    for room_index, rows in by_index.items():
        if room_index > booking.rooms:
            for row in rows:
                assignment_drop(row)
        else:
            _segments_follow(booking, rows, today=today)


def upgrades_become_own(booking: Booking, *, room_type_id: int) -> None:
    """Put rooms that a guest has as an upgrade back on sale, for a stay that is about to buy their type.

    No query where the type stays as it is. Under the locks of the nights.
    """
    if room_type_id == booking.room_type_id:
        return
    for row in _rows(booking):
        if row.block is not None and row.room.room_type_id == room_type_id:
            _own(row)


def assignment_drop(row: RoomAssignment) -> None:
    """Give a room back, and put it on sale again where the guest had it as an upgrade."""
    block, row.block = row.block, None
    row.delete()
    if block is not None:
        room_block_release(block, property_id=row.room.property_id)


def assignment_resize(row: RoomAssignment, *, start: date, end: date) -> None:
    """Let a guest have the room on the nights ``[start, end)``, which overlap those it was for.

    Raises `SoldOut` where an upgrade would need a room that is sold.
    """
    if (row.start, row.end) == (start, end):
        return
    if row.block is not None:
        room_block_change(row.block, property_id=row.room.property_id, start=start, end=end)
    row.start, row.end = start, end
    row.save(update_fields=["start", "end", "updated_at"])


def rooms_lock(room_ids: Iterable[int]) -> dict[int, Room]:
    """Lock physical rooms in order and return them with their types: who has them cannot change. Two queries."""
    with lock_timeout():
        rows = Room.objects.select_for_update(of=("self",), no_key=True).select_related("room_type")
        return {room.pk: room for room in rows.filter(pk__in=set(room_ids)).order_by("pk")}


def room_is_free(*, room_id: int, start: date, end: date, but: Iterable[int] = ()) -> bool:
    """Whether nobody has a locked room on these nights, except the assignments ``but``, and it is not out of order.

    Two queries.
    """
    taken = RoomAssignment.objects.filter(room_id=room_id, start__lt=end, end__gt=start).exclude(pk__in=but)
    closed = RoomClosure.objects.filter(
        room_id=room_id, kind=ClosureKind.OUT_OF_ORDER, start__lt=end, end__gt=start
    )
    return not taken.exists() and not closed.exists()


def _rows(booking: Booking) -> Iterable[RoomAssignment]:
    return (
        RoomAssignment.objects.filter(booking_id=booking.pk)
        .select_related("room", "block")
        .order_by("room_index", "start")
    )


def _segments_follow(booking: Booking, rows: list[RoomAssignment], *, today: date) -> None:
    """The rooms of one guest room of the booking, in order of time."""
    last_room = rows[-1].room
    was_upgrade = rows[-1].block_id is not None
    rows = _type_follows(booking, rows, today=today)
    end = _left(booking, today)
    kept = []
    for row in rows:
        first, last = max(row.start, booking.arrival), min(row.end, end)
        if first >= last:
            assignment_drop(row)
        else:
            assignment_resize(row, start=first, end=last)
            kept.append(row)
    if end < booking.departure:
        return  # gone before the end: nobody needs the rest
    if kept:
        _prolong(kept[-1], start=kept[-1].start, end=booking.departure)
        _prolong(kept[0], start=booking.arrival, end=kept[0].end)
    elif not was_upgrade and last_room.room_type_id == booking.room_type_id:
        _take_again(booking, rows[-1])


def _type_follows(booking: Booking, rows: list[RoomAssignment], *, today: date) -> list[RoomAssignment]:
    """Drop what is of the wrong type now; what was an upgrade and is the booked type is none any more."""
    kept = []
    for row in rows:
        is_other = row.room.room_type_id != booking.room_type_id
        if is_other and row.block_id is None and row.end > today:
            if row.start < today and booking.status != BookingStatus.CONFIRMED:
                assignment_resize(row, start=row.start, end=today)
                kept.append(row)
            else:
                assignment_drop(row)
            continue
        if not is_other and row.block is not None:
            _own(row)
        kept.append(row)
    return kept


def _own(row: RoomAssignment) -> None:
    """What was an upgrade is an ordinary room from now on."""
    block, row.block, row.reason = row.block, None, ""
    row.save(update_fields=["block", "reason", "updated_at"])
    if block is not None:
        room_block_release(block, property_id=row.room.property_id)


def _left(booking: Booking, today: date) -> date:
    """The day on which the room is empty: of who has left before the end of the stay, that day."""
    if booking.status != BookingStatus.CHECKED_OUT or booking.checked_out_at is None:
        return booking.departure
    gone = property_today(booking.property.time_zone, booking.checked_out_at)
    return min(booking.departure, max(gone, booking.arrival + ONE_DAY))


def _prolong(row: RoomAssignment, *, start: date, end: date) -> None:
    """Take more nights in the same room, if it is free and no upgrade: that is for staff to decide."""
    if (row.start, row.end) == (start, end) or row.block_id is not None:
        return
    rooms_lock([row.room_id])
    if room_is_free(room_id=row.room_id, start=start, end=end, but=[row.pk]):
        assignment_resize(row, start=start, end=end)


def _take_again(booking: Booking, last: RoomAssignment) -> None:
    """The whole stay is on other nights: the room that was its last one, if it is free on them."""
    rooms_lock([last.room_id])
    if room_is_free(room_id=last.room_id, start=booking.arrival, end=booking.departure):
        RoomAssignment.objects.create(
            booking_id=booking.pk,
            room_index=last.room_index,
            room_id=last.room_id,
            start=booking.arrival,
            end=booking.departure,
            is_automatic=last.is_automatic,
            assigned_by_id=last.assigned_by_id,
        )
