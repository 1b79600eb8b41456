"""One press gives an expected guest the best room that is free, and another one takes it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import AssignmentNotAllowed, NoRoomFree
from bookings.models import Booking, RoomAssignment
from bookings.selectors.assignments import assignment_span, rooms_free_for, seen_check
from bookings.transitions import BookingStatus
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim

from .assigning import room_give
from .following import assignment_drop
from .moving import booking_lock


@translate_integrity_errors()
def rooms_pick(
    *,
    booking_id: int,
    actor: User,
    seen: str | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """Give every room of a confirmed stay that has none yet the best free one of the booked type, or none any.

    Best is what `rooms_free_for` puts first: nothing speaks against it, it has what the guest wishes for, it is clean.
    ``seen`` is the `assignments_seen` that the actor looked at. Locks nights, booking, rooms. Raises
    `PermissionDenied`, `BookingNotFound`, `AssignmentNotAllowed`, `VersionConflict`, `NoRoomFree`, and `RoomOccupied`
    where somebody was faster.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = _locked(booking_id, actor)
        seen_check(booking, seen)
        span = assignment_span(booking, at=at)
        given = set(
            RoomAssignment.objects.filter(
                booking_id=booking.pk, start__lt=span.departure, end__gt=span.arrival
            ).values_list("room_index", flat=True)
        )
        for room_index in range(1, booking.rooms + 1):
            if room_index in given:
                continue
            found = rooms_free_for(booking, room_index, at=at)
            room = next((free.room for free in found if not (free.other_type or free.reason)), None)
            if room is None:
                raise NoRoomFree(data={"room_index": room_index})
            room_give(
                booking,
                room_index=room_index,
                room_id=room.pk,
                span=span,
                actor=actor,
                is_automatic=True,
                at=at,
            )
        if idempotency is not None:
            idempotency.complete(booking)
    return booking


@translate_integrity_errors()
def rooms_pick_undo(*, booking_id: int, actor: User) -> Booking:
    """Take back the rooms that ``actor`` has let the house choose; those that somebody chose by hand stay.

    Locks nights, booking, rooms. Raises `PermissionDenied`, `BookingNotFound`, and `AssignmentNotAllowed` once the
    guest is in the house.
    """
    with transaction.atomic(durable=True):
        booking = _locked(booking_id, actor)
        rows = RoomAssignment.objects.filter(booking_id=booking.pk, is_automatic=True, assigned_by=actor)
        for row in rows.select_related("room", "block"):
            assignment_drop(row)
    return booking


def _locked(booking_id: int, actor: User) -> Booking:
    booking = booking_lock(booking_id=booking_id)
    operation_require(actor, booking.property_id, "room_assign")
    if booking.status != BookingStatus.CONFIRMED:
        raise AssignmentNotAllowed(data={"status": booking.status})
    return booking
