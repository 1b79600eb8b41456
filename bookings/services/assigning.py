"""Staff give a stay its physical room, move the guest to another one, and take the room back.

Locks: nights (of the booked type, and of the room's own type for an upgrade) → booking → rooms.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import (
    AssignmentNotAllowed,
    RoomClosed,
    RoomNotForStay,
    RoomOccupied,
    RoomTooSmall,
    UpgradeNeedsReason,
)
from bookings.models import Booking, RoomAssignment
from bookings.selectors.assignments import assignment_span, party_share, seen_check
from bookings.transitions import ASSIGNABLE_STATUSES, BookingStatus
from core.dates import StayDates, property_today
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from inventory.exceptions import RoomUnknown
from inventory.models import BlockKind, ClosureKind, Room, RoomClosure
from inventory.services.housekeeping import rooms_mark_dirty
from inventory.services.room_blocks import room_block_change, room_block_take

from .following import assignment_drop, assignment_resize, assignments_follow, rooms_lock
from .moving import booking_lock

__all__ = ["assignments_follow", "room_assign", "room_give", "room_unassign"]

REASON_MAX_LENGTH = 200


@translate_integrity_errors()
def room_assign(
    *,
    booking_id: int,
    room_id: int,
    actor: User,
    room_index: int = 1,
    start: date | None = None,
    end: date | None = None,
    reason: str = "",
    seen: str | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> RoomAssignment:
    """Give a stay's room number ``room_index`` a physical room on the nights ``[start, end)``.

    Without dates: all nights that are not over. What stood in these nights is replaced; of a guest in the house, the
    room that is left is dirty. A room of another type is an upgrade: it needs a ``reason`` and is taken from sale.
    ``seen`` is the `assignments_seen` of the booking that the actor looked at. Locks nights, booking, rooms. Raises
    `PermissionDenied`, `BookingNotFound`, `RoomUnknown`, `AssignmentNotAllowed`, `RoomNotForStay`, `RoomTooSmall`,
    `RoomOccupied`, `RoomClosed`, `UpgradeNeedsReason`, `SoldOut` for an upgrade, `VersionConflict`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        room_type_id = _room_type_of(room_id)
        booking = booking_lock(booking_id=booking_id, room_type_ids=[room_type_id])
        _may(actor, booking)
        seen_check(booking, seen)
        span = assignment_span(booking, at=at, start=start, end=end)
        given = room_give(
            booking, room_index=room_index, room_id=room_id, span=span, actor=actor, reason=reason, at=at
        )
        if idempotency is not None:
            idempotency.complete(booking)
    return given


@translate_integrity_errors()
def room_unassign(
    *, booking_id: int, room_index: int, actor: User, seen: str | None = None, at: datetime | None = None
) -> None:
    """Take the room back; the stay waits for another one. Locks nights, booking, rooms.

    Raises `PermissionDenied`, `BookingNotFound`, `VersionConflict`, and `AssignmentNotAllowed` for a guest who is in
    the house: they need a room.
    """
    with transaction.atomic(durable=True):
        booking = booking_lock(booking_id=booking_id)
        _may(actor, booking)
        seen_check(booking, seen)
        if booking.status != BookingStatus.CONFIRMED:
            raise AssignmentNotAllowed(data={"status": booking.status})
        for row in _rows(booking, room_index):
            assignment_drop(row)


def room_give(
    booking: Booking,
    *,
    room_index: int,
    room_id: int,
    span: StayDates,
    actor: User | None,
    reason: str = "",
    is_automatic: bool = False,
    at: datetime | None = None,
) -> RoomAssignment:
    """Do what `room_assign` does for a booking that the caller has locked, with the nights of both room types.

    Locks the rooms. Raises as `room_assign`.
    """
    if booking.status not in ASSIGNABLE_STATUSES:
        raise AssignmentNotAllowed(data={"status": booking.status})
    if not (1 <= room_index <= booking.rooms) or not (
        booking.arrival <= span.arrival and span.departure <= booking.departure
    ):
        raise RoomNotForStay
    rows = _rows(booking, room_index)
    room = rooms_lock({room_id, *(row.room_id for row in rows)}).get(room_id)
    if room is None:
        raise RoomUnknown
    replaced = [row for row in rows if row.start < span.departure and row.end > span.arrival]
    _room_checked(booking, room, span, but=[row.pk for row in replaced], room_index=room_index)
    is_upgrade = room.room_type_id != booking.room_type_id
    has_it = any(row.room_id == room_id and row.block_id for row in replaced)
    if is_upgrade and not (reason.strip() or has_it):
        raise UpgradeNeedsReason(field="reason")
    reason = reason.strip() or next((row.reason for row in replaced if row.room_id == room_id), "")
    left = _cut_out(booking, replaced, span)
    block = None
    if is_upgrade:
        block = room_block_take(
            room_type_id=room.room_type_id,
            property_id=booking.property_id,
            stay=span,
            kind=BlockKind.UPGRADE,
            reason=f"{booking.reference}: {reason}",
            actor=actor,
        )
    given = RoomAssignment.objects.create(
        booking=booking,
        room_index=room_index,
        room=room,
        start=span.arrival,
        end=span.departure,
        reason=reason[:REASON_MAX_LENGTH] if is_upgrade else "",
        block=block,
        is_automatic=is_automatic,
        assigned_by=actor,
    )
    _left_dirty(booking, left, span, room_id=room_id, at=at)
    return _joined(given)


def _may(actor: User, booking: Booking) -> None:
    if not staff_may(actor, booking.property_id, *OPERATION_PERMISSIONS["room_assign"]):
        raise PermissionDenied


def _room_type_of(room_id: int) -> int:
    room_type_id = Room.objects.filter(pk=room_id).values_list("room_type_id", flat=True).first()
    if room_type_id is None:
        raise RoomUnknown
    return room_type_id


def _rows(booking: Booking, room_index: int) -> list[RoomAssignment]:
    rows = RoomAssignment.objects.filter(booking_id=booking.pk, room_index=room_index)
    return list(rows.select_related("room", "block").order_by("start"))


def _room_checked(booking: Booking, room: Room, span: StayDates, *, but: list[int], room_index: int) -> None:
    """Refuse a room that is not this house's, not in use, too small, closed, or somebody else's. Two queries."""
    if room.property_id != booking.property_id or not room.is_active:
        raise RoomNotForStay
    guests, adults = party_share(booking)
    if room.room_type.max_occupancy < guests or room.room_type.max_adults < adults:
        raise RoomTooSmall(data={"max_occupancy": room.room_type.max_occupancy})
    nights = {"room_id": room.pk, "start__lt": span.departure, "end__gt": span.arrival}
    closure = RoomClosure.objects.filter(**nights, kind=ClosureKind.OUT_OF_ORDER).first()
    if closure is not None:
        raise RoomClosed(
            data={
                "start": closure.start.isoformat(),
                "end": closure.end.isoformat(),
                "reason": closure.reason,
            }
        )
    taken = RoomAssignment.objects.filter(**nights).exclude(pk__in=but).select_related("booking")
    stays = [
        {
            "reference": row.booking.reference,
            "name": row.booking.guest_name,
            "start": row.start.isoformat(),
            "end": row.end.isoformat(),
        }
        for row in taken.order_by("start")
    ]
    if stays:
        raise RoomOccupied(data={"stays": stays})


def _cut_out(booking: Booking, replaced: list[RoomAssignment], span: StayDates) -> list[RoomAssignment]:
    """Take the nights of ``span`` out of a guest's rooms; what was in them."""
    for row in replaced:
        before, after = row.start < span.arrival, row.end > span.departure
        if not before and not after:
            assignment_drop(row)
        elif before and not after:
            assignment_resize(row, start=row.start, end=span.arrival)
        elif after and not before:
            assignment_resize(row, start=span.departure, end=row.end)
        else:
            _split(booking, row, span)
    return replaced


def _split(booking: Booking, row: RoomAssignment, span: StayDates) -> None:
    """Leave a guest the room before and after ``span``: two rows, and two blocks if it is an upgrade."""
    end = row.end
    assignment_resize(row, start=row.start, end=span.arrival)
    block = None
    if row.block is not None:
        block = room_block_take(
            room_type_id=row.room.room_type_id,
            property_id=booking.property_id,
            stay=StayDates(span.departure, end),
            kind=BlockKind.UPGRADE,
            reason=row.block.reason,
            actor=row.assigned_by,
        )
    RoomAssignment.objects.create(
        booking=booking,
        room_index=row.room_index,
        room=row.room,
        start=span.departure,
        end=end,
        reason=row.reason,
        block=block,
        is_automatic=row.is_automatic,
        assigned_by=row.assigned_by,
    )


def _left_dirty(
    booking: Booking, left: list[RoomAssignment], span: StayDates, *, room_id: int, at: datetime | None
) -> None:
    """Somebody in the house has moved out of the rooms they were in: these are dirty now."""
    if booking.status != BookingStatus.CHECKED_IN:
        return
    today = property_today(booking.property.time_zone, at)
    if span.arrival > today:
        return
    rooms = {row.room_id for row in left if row.room_id != room_id}
    if rooms:
        rooms_mark_dirty(room_ids=rooms, at=at)


def _joined(given: RoomAssignment) -> RoomAssignment:
    """Make one of the same room's neighbouring nights: a guest who stays where they are has not moved."""
    rows = _rows(given.booking, given.room_index)
    for row in rows:
        touches = row.end == given.start or row.start == given.end
        if (
            row.pk == given.pk
            or row.room_id != given.room_id
            or not touches
            or bool(row.block) != bool(given.block)
        ):
            continue
        start, end = min(row.start, given.start), max(row.end, given.end)
        assignment_drop(row)
        if given.block is not None:
            room_block_change(given.block, property_id=given.room.property_id, start=start, end=end)
        given.start, given.end = start, end
        given.save(update_fields=["start", "end", "updated_at"])
    return given
