"""What automatic assignment has to know: who needs a room, which rooms there are, and who has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from bookings.models import Booking, RoomAssignment
from bookings.rooming import Need, Place
from bookings.transitions import ASSIGNABLE_STATUSES, BookingStatus
from inventory.models import ClosureKind, Housekeeping, Room, RoomClosure

Spans = dict[int, list[tuple[int, int]]]
RoomRow = tuple[int, int, str, str, tuple[str, ...], bool]
"""Id, type, floor, number, features, and whether it is clean."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A booking as far as its room goes."""

    id: int
    reference: str
    guest_name: str
    room_type_id: int
    arrival: date
    departure: date
    rooms: int
    is_in_house: bool
    wishes: frozenset[str]
    party: str


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment. ``is_free``: an automatic run may give the guest another room instead."""

    id: int
    booking_id: int
    room_index: int
    room_id: int
    start: date
    end: date
    is_free: bool


@dataclass(frozen=True, slots=True)
class RoomingData:
    """Everything of one house that a plan depends on; equal data give equal plans."""

    stays: tuple[Stay, ...]
    given: tuple[Given, ...]
    closed: tuple[tuple[int, date, date, bool], ...]
    rooms: tuple[RoomRow, ...]

    def stays_by_id(self) -> dict[int, Stay]:
        return {stay.id: stay for stay in self.stays}


def rooming_data(*, property_id: int, start: date, end: date, today: date) -> RoomingData:
    """The stays of a period with the rooms they have, other guests in these rooms, and closures. Four queries.

    A stay belongs to the period if one of its nights from ``today`` on does.
    """
    first = max(start, today)
    stays = tuple(_stays(property_id, first, end))
    last = max([end, *(stay.departure for stay in stays)])
    known = {stay.id: stay for stay in stays}
    given = []
    rows = RoomAssignment.objects.filter(room__property_id=property_id, start__lt=last, end__gt=first)
    for pk, booking_id, index, room_id, begins, ends, is_automatic, block_id in rows.order_by(
        "pk"
    ).values_list("pk", "booking_id", "room_index", "room_id", "start", "end", "is_automatic", "block_id"):
        stay = known.get(booking_id)
        is_free = (
            is_automatic
            and cast("int | None", block_id) is None
            and stay is not None
            and not stay.is_in_house
            and begins >= first
        )
        given.append(Given(pk, booking_id, index, room_id, begins, ends, is_free))
    closures = RoomClosure.objects.filter(room__property_id=property_id, start__lt=last, end__gt=first)
    closed = tuple(
        (room_id, begins, ends, kind == ClosureKind.OUT_OF_ORDER)
        for room_id, begins, ends, kind in closures.order_by("pk").values_list(
            "room_id", "start", "end", "kind"
        )
    )
    rooms = Room.objects.filter(property_id=property_id, is_active=True).order_by("pk")
    columns = ("pk", "room_type_id", "floor", "number", "features", "housekeeping")
    return RoomingData(
        stays,
        tuple(given),
        closed,
        tuple((*row[:4], tuple(row[4]), row[5] != Housekeeping.DIRTY) for row in rooms.values_list(*columns)),
    )


def _stays(property_id: int, first: date, end: date) -> Iterable[Stay]:
    rows = Booking.objects.filter(
        property_id=property_id, status__in=ASSIGNABLE_STATUSES, arrival__lt=end, departure__gt=first
    ).order_by("pk")
    columns = (
        "pk", "reference", "guest_name", "room_type_id", "arrival", "departure", "rooms", "status",
        "guest__wishes", "trip_id", "group_id",
    )  # fmt: skip
    for (
        pk,
        reference,
        name,
        room_type_id,
        arrival,
        departure,
        rooms,
        status,
        wishes,
        trip,
        group,
    ) in rows.values_list(*columns):
        party = (
            f"group {group}" if group else f"trip {trip}" if trip else f"booking {pk}" if rooms > 1 else ""
        )
        yield Stay(
            pk, reference, name, room_type_id, arrival, departure, rooms,
            status == BookingStatus.CHECKED_IN, frozenset(wishes or ()), party,
        )  # fmt: skip


def places_of(data: RoomingData, room_type_id: int) -> list[Place]:
    """The rooms of a type, with the nights on which they are out of service."""
    warned: Spans = defaultdict(list)
    for room_id, start, end, is_closed in data.closed:
        if not is_closed:
            warned[room_id].append((start.toordinal(), end.toordinal()))
    return [
        Place(pk, floor, number, frozenset(features), is_clean, tuple(warned.get(pk, ())))
        for pk, type_id, floor, number, features, is_clean in data.rooms
        if type_id == room_type_id
    ]


def needs_of(
    data: RoomingData, room_type_id: int, *, first: date, today: date, again: bool = False
) -> tuple[list[Need], Spans]:
    """Nights of a room type's stays that have no room, and when rooms are taken or closed.

    With ``again`` the rooms that were given automatically are not taken, and their guests need one, best the same.
    """
    busy: Spans = defaultdict(list)
    has: dict[tuple[int, int], list[Given]] = defaultdict(list)
    before: dict[tuple[int, int], int] = {}
    types = {room[0]: room[1] for room in data.rooms}
    movable = {stay.id for stay in data.stays if stay.room_type_id == room_type_id}
    for given in data.given:
        key = given.booking_id, given.room_index
        before[key] = given.room_id
        if (
            again
            and given.is_free
            and given.booking_id in movable
            and types.get(given.room_id) == room_type_id
        ):
            continue
        busy[given.room_id].append((given.start.toordinal(), given.end.toordinal()))
        has[key].append(given)
    for room_id, start, end, is_closed in data.closed:
        if is_closed:
            busy[room_id].append((start.toordinal(), end.toordinal()))
    needs = []
    for stay in data.stays:
        if stay.room_type_id == room_type_id:
            for index in range(1, stay.rooms + 1):
                for night, until in _gaps(stay, has[stay.id, index], first):
                    needs.append(
                        Need(
                            (stay.id, index, night),
                            night,
                            until,
                            stay.wishes,
                            stay.party,
                            before.get((stay.id, index)),
                            night == today.toordinal(),
                        )
                    )
    return needs, busy


def _gaps(stay: Stay, given: list[Given], first: date) -> Iterable[tuple[int, int]]:
    """The nights from ``first`` on without a room, in stretches."""
    at = max(stay.arrival, first).toordinal()
    for row in sorted(given, key=lambda row: row.start):
        if row.start.toordinal() > at:
            yield at, row.start.toordinal()
        at = max(at, row.end.toordinal())
    if at < stay.departure.toordinal():
        yield at, stay.departure.toordinal()
