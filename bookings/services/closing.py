"""Closing rooms, and opening them again: what is broken is not sold, and nobody sleeps in it.

Locks: the house's setup lock → nights → bookings that lose their room → rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import RoomOccupied
from bookings.models import Booking, RoomAssignment
from bookings.transitions import BookingStatus
from core.dates import StayDates, property_today
from core.exceptions import (
    LOCK_RETRY_SECONDS,
    PermissionDenied,
    Unavailable,
    ValidationFailed,
    translate_integrity_errors,
)
from core.locks import lock_timeout
from inventory.exceptions import ClosureNotFound, RoomUnknown
from inventory.models import ClosureKind, Room, RoomClosure
from inventory.services.closures import closure_add, closure_drop, closure_resize, closures_lock
from inventory.services.nights import nights_lock

from .following import assignment_drop, rooms_lock

CLOSURE_DAYS_MAX = 3 * 366


@dataclass(frozen=True, slots=True)
class ClosedRoom:
    """A closure that was made, and the references of the stays that need another room now."""

    closure: RoomClosure
    displaced: tuple[str, ...]


@translate_integrity_errors()
def room_close(
    *,
    room_id: int,
    start: date,
    end: date,
    kind: str,
    reason: str,
    actor: User,
    displaces: bool = False,
    at: datetime | None = None,
) -> ClosedRoom:
    """Close a room on the nights ``[start, end)``, today at the earliest.

    Out of order: the room is not sold, and stays that have it lose it if ``displaces``; without, they are named and
    nothing happens. A guest in the house is never displaced. Out of service: the room is still sold. Raises
    `PermissionDenied`, `RoomUnknown`, `ValidationFailed`, `InvalidStay`, `SoldOut` naming the nights on which every
    room of the type is sold, `RoomOccupied` naming the stays, `ClosureOverlaps`, `Unavailable`.
    """
    stay = StayDates(start, end)
    room = Room.objects.select_related("property").filter(pk=room_id).first()
    if room is None:
        raise RoomUnknown
    _may(actor, room.property_id)
    if start < property_today(room.property.time_zone, at or timezone.now()):
        raise ValidationFailed(_("A room is closed from today on."), field="start")
    if stay.nights > CLOSURE_DAYS_MAX:
        raise ValidationFailed(_("Please choose at most three years."), field="end")
    with transaction.atomic(durable=True):
        closures_lock(property_id=room.property_id)
        displaced: tuple[str, ...] = ()
        if kind == ClosureKind.OUT_OF_ORDER:
            displaced = _clear(room, stay, displaces=displaces)
        else:
            rooms_lock([room_id])
        closure = closure_add(room=room, stay=stay, kind=kind, reason=reason, actor=actor)
    return ClosedRoom(closure, displaced)


@translate_integrity_errors()
def closure_end_set(
    *, closure_id: int, end: date, actor: User, displaces: bool = False, at: datetime | None = None
) -> RoomClosure | None:
    """Let a closure end sooner or later; None if nothing is left of it, because it ends before it has begun.

    Nights that are over stay closed in the books. Raises `PermissionDenied`, `ClosureNotFound`, and for a later end
    as `room_close`.
    """
    found = RoomClosure.objects.select_related("room__property").filter(pk=closure_id).first()
    if found is None:
        raise ClosureNotFound
    _may(actor, found.room.property_id)
    today = property_today(found.room.property.time_zone, at or timezone.now())
    with transaction.atomic(durable=True):
        closures_lock(property_id=found.room.property_id)
        closure = RoomClosure.objects.select_related("room", "block").filter(pk=closure_id).first()
        if closure is None:
            raise ClosureNotFound
        end = max(end, min(today, closure.end))
        if end > closure.end:
            added = StayDates(closure.end, end)
            if closure.kind == ClosureKind.OUT_OF_ORDER:
                _clear(closure.room, added, displaces=displaces)
        if end <= closure.start:
            closure_drop(closure)
            return None
        closure_resize(closure, end=end)
    return closure


def _may(actor: User, property_id: int) -> None:
    if not staff_may(actor, property_id, *OPERATION_PERMISSIONS["room_close"]):
        raise PermissionDenied


def _clear(room: Room, stay: StayDates, *, displaces: bool) -> tuple[str, ...]:
    """Lock nights, the stays in the room, and the room; and take the room from these stays. Their references.

    Six queries, and two for each stay. Raises `RoomOccupied`.
    """
    upgrades = _rows(room, stay).filter(block__isnull=False).values_list("start", "end")
    first = min([stay.arrival, *(start for start, _end in upgrades)])
    last = max([stay.departure, *(end for _start, end in upgrades)])
    nights_lock(room_type_id=room.room_type_id, stay=StayDates(first, last))
    booking_ids = set(_rows(room, stay).values_list("booking_id", flat=True))
    with lock_timeout():
        locked = Booking.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=booking_ids)
        list(locked.order_by("pk").values_list("pk"))
    rooms_lock([room.pk])
    rows = list(_rows(room, stay).select_related("booking", "room", "block").order_by("start"))
    if {row.booking_id for row in rows} - booking_ids:
        raise Unavailable(code="busy", retry_after=LOCK_RETRY_SECONDS)
    in_house = [row for row in rows if row.booking.status != BookingStatus.CONFIRMED]
    if rows and (in_house or not displaces):
        raise RoomOccupied(
            data={
                "stays": [
                    {
                        "reference": row.booking.reference,
                        "name": row.booking.guest_name,
                        "start": row.start.isoformat(),
                        "end": row.end.isoformat(),
                        "is_in_house": row.booking.status == BookingStatus.CHECKED_IN,
                    }
                    for row in (in_house or rows)
                ],
                "may_displace": not in_house,
            }
        )
    for row in rows:
        assignment_drop(row)
    return tuple(row.booking.reference for row in rows)


def _rows(room: Room, stay: StayDates) -> QuerySet[RoomAssignment]:
    return RoomAssignment.objects.filter(room_id=room.pk, start__lt=stay.departure, end__gt=stay.arrival)
