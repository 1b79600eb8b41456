"""Giving rooms to all who have none: planned without locks, written under them if nothing has changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.models import Booking, RoomAssignment
from bookings.rooming import Piece, RoomPlan, plan_rooms
from bookings.selectors.rooming import Given, RoomingData, RoomRow, Stay, needs_of, places_of, rooming_data
from core.dates import property_today
from core.exceptions import (
    LOCK_RETRY_SECONDS,
    PermissionDenied,
    Unavailable,
    ValidationFailed,
    translate_integrity_errors,
)
from core.formats import format_day
from core.locks import lock_timeout
from inventory.models import Property, RoomType

from .following import rooms_lock

ATTEMPTS = 3
DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class AssignedRoom:
    """A room for some nights of a stay. ``was``: the number of the room that another run had given before."""

    booking_id: int
    reference: str
    guest_name: str
    room_index: int
    room_id: int
    room: str
    start: date
    end: date
    was: str = ""
    wishes: tuple[str, ...] = ()
    wishes_met: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftStay:
    """A stay that has no room on some nights, and why."""

    booking_id: int
    reference: str
    guest_name: str
    room_index: int
    reason: str


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """What was done (or would be, ``is_preview``) and what could not; ``moves``: changes of room during a stay."""

    assigned: tuple[AssignedRoom, ...]
    left: tuple[LeftStay, ...]
    moves: int
    is_preview: bool

    @property
    def stays(self) -> int:
        """How many guest rooms have their room now."""
        return len({(row.booking_id, row.room_index) for row in self.assigned})


@dataclass(frozen=True, slots=True)
class _Plan:
    data: RoomingData
    plans: dict[int, tuple[RoomPlan, bool]]
    """By room type; with it, whether rooms that were given automatically are given again."""


@translate_integrity_errors()
def rooms_assign_automatically(
    *,
    property_id: int,
    start: date,
    end: date,
    actor: User | None = None,
    at: datetime | None = None,
    is_preview: bool = False,
) -> AssignmentResult:
    """Give every confirmed stay with nights in ``[start, end)`` that has no room one of the booked type.

    Wishes of guests are honoured where a room has what they wish for, the rooms of a party are on one floor where
    possible, and rooms that are clean come first today. Nobody in the house is moved, what staff have assigned stays,
    and a guest changes rooms during the stay only where nothing else is possible; rooms that an earlier run gave are
    given anew only if this saves such a move. Without ``actor``: the schedule. Locks bookings, rooms. Raises
    `PermissionDenied`, `ValidationFailed` for a period that is none, and `Unavailable` while others keep changing
    the same rooms.
    """
    at = at or timezone.now()
    house = Property.objects.get(pk=property_id)
    if actor is not None and not staff_may(actor, property_id, *OPERATION_PERMISSIONS["room_assign"]):
        raise PermissionDenied
    if not start < end <= start + timedelta(days=DAYS_MAX):
        raise ValidationFailed(gettext("Please choose at most a year."), field="end")
    today = property_today(house.time_zone, at)
    read = partial(rooming_data, property_id=property_id, start=start, end=end, today=today)
    plan = _planned(read(), first=max(start, today), today=today)
    if is_preview:
        return _result(plan, is_preview=True)
    for _attempt in range(ATTEMPTS):
        with transaction.atomic(durable=True):
            _lock(plan)
            data = read()
            if data == plan.data:
                _write(plan, actor=actor, at=at)
                return _result(plan, is_preview=False)
        plan = _planned(data, first=max(start, today), today=today)
    raise Unavailable(code="busy", retry_after=LOCK_RETRY_SECONDS)


def _planned(data: RoomingData, *, first: date, today: date) -> _Plan:
    plans = {}
    for room_type_id in {stay.room_type_id for stay in data.stays}:
        places = places_of(data, room_type_id)
        needs, busy = needs_of(data, room_type_id, first=first, today=today)
        plan, is_again = plan_rooms(needs, places, busy), False
        if plan.moves:
            needs, busy = needs_of(data, room_type_id, first=first, today=today, again=True)
            other = plan_rooms(needs, places, busy)
            if (len(other.left), other.moves) < (len(plan.left), plan.moves):
                plan, is_again = other, True
        plans[room_type_id] = plan, is_again
    return _Plan(data, plans)


def _lock(plan: _Plan) -> None:
    """Lock the stays that get rooms, in order, then the rooms."""
    booking_ids = {key[0] for found, _again in plan.plans.values() for key in found.pieces}
    rows = Booking.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=booking_ids)
    with lock_timeout():
        list(rows.order_by("pk").values_list("pk"))
    rooms_lock(room[0] for room in plan.data.rooms)


def _write(plan: _Plan, *, actor: User | None, at: datetime) -> None:
    again = {room_type_id for room_type_id, (_found, is_again) in plan.plans.items() if is_again}
    RoomAssignment.objects.filter(pk__in=[given.id for given in _given_again(plan.data, again)]).delete()
    RoomAssignment.objects.bulk_create(
        RoomAssignment(
            booking_id=booking_id,
            room_index=room_index,
            room_id=piece.room,
            start=date.fromordinal(piece.start),
            end=date.fromordinal(piece.end),
            is_automatic=True,
            assigned_by=actor,
        )
        for found, _again in plan.plans.values()
        for (booking_id, room_index, _night), pieces in found.pieces.items()
        for piece in pieces
    )


def _given_again(data: RoomingData, room_type_ids: set[int]) -> Iterable[Given]:
    stays, types = data.stays_by_id(), {room[0]: room[1] for room in data.rooms}
    for given in data.given:
        if (
            given.is_free
            and stays[given.booking_id].room_type_id in room_type_ids
            and types.get(given.room_id) == stays[given.booking_id].room_type_id
        ):
            yield given


def _result(plan: _Plan, *, is_preview: bool) -> AssignmentResult:
    data, stays = plan.data, plan.data.stays_by_id()
    rooms = {room[0]: room for room in data.rooms}
    again = {room_type_id for room_type_id, (_found, is_again) in plan.plans.items() if is_again}
    before = {(given.booking_id, given.room_index): given.room_id for given in _given_again(data, again)}
    assigned = []
    for found, _again in plan.plans.values():
        for (booking_id, index, _night), pieces in found.pieces.items():
            for piece in pieces:
                was = before.get((booking_id, index), piece.room)
                if (booking_id, index) in before and was == piece.room and len(pieces) == 1:
                    continue
                assigned.append(_assigned(stays[booking_id], index, piece, rooms, was))
    names = dict(RoomType.objects.filter(pk__in=plan.plans).values_list("pk", "name"))
    left = tuple(
        LeftStay(
            booking_id,
            stays[booking_id].reference,
            stays[booking_id].guest_name,
            index,
            gettext("All rooms of the type %(type)s are taken or closed on %(night)s.")
            % {"type": names.get(room_type_id, ""), "night": format_day(date.fromordinal(nights[0]))},
        )
        for room_type_id, (found, _again) in plan.plans.items()
        for (booking_id, index, _night), nights in sorted(found.left.items())
    )
    moves = sum(found.moves for found, _again in plan.plans.values())
    rows = sorted(assigned, key=lambda row: (row.start, row.reference, row.room_index))
    return AssignmentResult(tuple(rows), left, moves, is_preview)


def _assigned(stay: Stay, index: int, piece: Piece, rooms: dict[int, RoomRow], was: int) -> AssignedRoom:
    room = rooms[piece.room]
    return AssignedRoom(
        booking_id=stay.id,
        reference=stay.reference,
        guest_name=stay.guest_name,
        room_index=index,
        room_id=piece.room,
        room=room[3],
        start=date.fromordinal(piece.start),
        end=date.fromordinal(piece.end),
        was=rooms[was][3] if was != piece.room else "",
        wishes=tuple(sorted(stay.wishes)),
        wishes_met=tuple(sorted(stay.wishes & set(room[4]))),
    )
