"""The tape chart: rooms by days, who is in them, who still waits for one, and how full the house is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from bookings.models import Booking, RoomAssignment
from bookings.transitions import ASSIGNABLE_STATUSES, BookingStatus
from core.dates import StayDates
from inventory.models import Housekeeping, Room, RoomClosure, RoomInventory, RoomType

WAITING_STATUSES = (BookingStatus.HELD, *ASSIGNABLE_STATUSES)


@dataclass(frozen=True, slots=True)
class ChartStay:
    """A booking's bar, or what is said on it."""

    id: int
    reference: str
    guest_name: str
    status: str
    arrival: date
    departure: date
    version: int
    rooms: int
    room_type_id: int
    guests: int


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A stay in a room, or waiting for one, on the nights ``[start, end)``. ``id`` is the assignment's, if any."""

    stay: ChartStay
    room_index: int
    start: date
    end: date
    id: int | None = None
    is_upgrade: bool = False


@dataclass(frozen=True, slots=True)
class ChartClosure:
    id: int
    kind: str
    start: date
    end: date
    reason: str


@dataclass(slots=True)
class ChartRoom:
    """One row."""

    id: int
    number: str
    floor: str
    room_type_id: int
    is_dirty: bool
    bars: list[ChartBar] = field(default_factory=list)
    closures: list[ChartClosure] = field(default_factory=list)


@dataclass(slots=True)
class ChartGroup:
    """Rooms of a type or of a floor. ``free`` by night and the ``tray`` of who waits are those of a type."""

    key: str
    name: str
    rooms: list[ChartRoom]
    rooms_total: int
    free: dict[date, tuple[int, int]] = field(default_factory=dict)
    tray: list[list[ChartBar]] = field(default_factory=list)
    waiting: int = 0
    is_continued: bool = False


@dataclass(slots=True)
class Chart:
    """A part of a chart: its groups, and how many parts there are."""

    span: StayDates
    groups: list[ChartGroup]
    part: int
    parts: int
    rooms_total: int
    types: list[tuple[int, str]]
    floors: list[str]


@dataclass(frozen=True, slots=True)
class ChartFilter:
    """What of a house is shown; empty means everything."""

    room_type_id: int | None = None
    floor: str = ""
    status: str = ""
    by_floor: bool = False


def chart_read(
    *, property_id: int, span: StayDates, today: date, only: ChartFilter, part: int = 1, part_rooms: int = 500
) -> Chart:
    """The part of a chart with the rooms from ``(part - 1) * part_rooms`` on. Seven queries, for any number of rooms.

    Free rooms and who waits stand with the first rooms of each type; sorted by floor, with the first part.
    """
    types = list(
        RoomType.objects.filter(property_id=property_id).order_by("position", "pk").values_list("pk", "name")
    )
    rooms = _rooms(property_id, only, [pk for pk, _name in types])
    shown = rooms[(part - 1) * part_rooms : part * part_rooms]
    _fill(shown, span, only)
    trays = _trays(property_id, span, today, only)
    free = _free(property_id, span)
    return Chart(
        span=span,
        groups=_groups(rooms, shown, types, free, trays, only, is_first=part == 1),
        part=part,
        parts=max(1, -(-len(rooms) // part_rooms)),
        rooms_total=len(rooms),
        types=types,
        floors=sorted({room.floor for room in rooms if room.floor}, key=floor_order),
    )


def floor_order(floor: str) -> tuple[int, float, str]:
    """Floors that are numbers in their order, then the others."""
    try:
        return 0, float(floor), ""
    except ValueError:
        return 1, 0.0, floor


def number_order(number: str) -> tuple[int, str]:
    """Room 9 before room 10."""
    return len(number), number


def lanes(bars: Iterable[ChartBar]) -> list[list[ChartBar]]:
    """Bars in as few lines as they need without overlapping."""
    found: list[list[ChartBar]] = []
    for bar in sorted(bars, key=lambda bar: (bar.start, -bar.end.toordinal(), bar.stay.id, bar.room_index)):
        for lane in found:
            if lane[-1].end <= bar.start:
                lane.append(bar)
                break
        else:
            found.append([bar])
    return found


def _rooms(property_id: int, only: ChartFilter, type_ids: list[int]) -> list[ChartRoom]:
    rows = Room.objects.filter(property_id=property_id, is_active=True).order_by()
    if only.room_type_id:
        rows = rows.filter(room_type_id=only.room_type_id)
    if only.floor:
        rows = rows.filter(floor=only.floor)
    found = [
        ChartRoom(pk, number, floor, type_id, state == Housekeeping.DIRTY)
        for pk, number, floor, type_id, state in rows.values_list(
            "pk", "number", "floor", "room_type_id", "housekeeping"
        )
    ]
    places = {pk: place for place, pk in enumerate(type_ids)}
    if only.by_floor:
        return sorted(found, key=lambda room: (floor_order(room.floor), number_order(room.number)))
    return sorted(found, key=lambda room: (places[room.room_type_id], number_order(room.number)))


STAY_COLUMNS = (
    "id", "reference", "guest_name", "status", "arrival", "departure", "version", "rooms", "room_type_id",
)  # fmt: skip


def _stay(row: Sequence[Any]) -> ChartStay:
    *values, adults, ages = row
    return ChartStay(*[*values, adults + len(ages or ())])


def _fill(rooms: list[ChartRoom], span: StayDates, only: ChartFilter) -> None:
    """Put guests and closures into the rooms. Two queries."""
    by_id = {room.id: room for room in rooms}
    nights = {"room_id__in": list(by_id), "start__lt": span.departure, "end__gte": span.arrival}
    given = RoomAssignment.objects.filter(**nights).order_by("start")
    if only.status:
        given = given.filter(booking__status=only.status)
    columns = [f"booking__{name}" for name in (*STAY_COLUMNS, "adults", "children_ages")]
    for pk, room_id, index, start, end, block_id, *stay in given.values_list(
        "pk", "room_id", "room_index", "start", "end", "block_id", *columns
    ):
        by_id[room_id].bars.append(ChartBar(_stay(stay), index, start, end, pk, block_id is not None))
    closures = RoomClosure.objects.filter(**nights).order_by("start")
    for room_id, pk, kind, start, end, reason in closures.values_list(
        "room_id", "pk", "kind", "start", "end", "reason"
    ):
        by_id[room_id].closures.append(ChartClosure(pk, kind, start, end, reason))


def _trays(property_id: int, span: StayDates, today: date, only: ChartFilter) -> dict[int, list[ChartBar]]:
    """Who has no room on some night from today on, by room type. Two queries."""
    first = max(span.arrival, today)
    if first >= span.departure:
        return {}
    nights_given = (
        RoomAssignment.objects.filter(booking=OuterRef("pk"))
        .order_by()
        .values("booking")
        .values(nights=Sum(_days(F("start"), F("end"))))
    )
    rows = (
        Booking.objects.filter(
            property_id=property_id,
            status__in=WAITING_STATUSES,
            arrival__lt=span.departure,
            departure__gt=first,
        )
        .annotate(given=Coalesce(Subquery(nights_given), 0))
        .filter(given__lt=F("rooms") * _days(F("arrival"), F("departure")))
        .order_by("arrival", "pk")
    )
    if only.room_type_id:
        rows = rows.filter(room_type_id=only.room_type_id)
    if only.status:
        rows = rows.filter(status=only.status)
    stays = [_stay(row) for row in rows.values_list(*STAY_COLUMNS, "adults", "children_ages")]
    has: dict[tuple[int, int], list[tuple[date, date]]] = defaultdict(list)
    given = RoomAssignment.objects.filter(booking_id__in=[stay.id for stay in stays]).order_by("start")
    for booking_id, index, start, end in given.values_list("booking_id", "room_index", "start", "end"):
        has[booking_id, index].append((start, end))
    trays: dict[int, list[ChartBar]] = defaultdict(list)
    for stay in stays:
        for index in range(1, stay.rooms + 1):
            for start, end in _gaps(stay, has[stay.id, index], today):
                trays[stay.room_type_id].append(ChartBar(stay, index, start, end))
    return trays


def _days(start: F, end: F) -> Func:
    """How many nights there are between two dates, as a number: PostgreSQL adds numbers faster than intervals."""
    return Func(end, start, arg_joiner=" - ", template="(%(expressions)s)", output_field=IntegerField())


def _gaps(stay: ChartStay, given: list[tuple[date, date]], today: date) -> Iterable[tuple[date, date]]:
    at = stay.arrival if stay.arrival >= today or not given else max(stay.arrival, today)
    for start, end in given:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < stay.departure:
        yield at, stay.departure


def _free(property_id: int, span: StayDates) -> dict[int, dict[date, tuple[int, int]]]:
    """Free rooms and all rooms by room type and night. One query."""
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    rows = RoomInventory.objects.filter(
        room_type__property_id=property_id, date__gte=span.arrival, date__lt=span.departure
    ).order_by()
    for type_id, night, available, total in rows.values_list("room_type_id", "date", "available", "total"):
        found[type_id][night] = available, total
    return found


def _groups(
    rooms: list[ChartRoom],
    shown: list[ChartRoom],
    types: list[tuple[int, str]],
    free: dict[int, dict[date, tuple[int, int]]],
    trays: dict[int, list[ChartBar]],
    only: ChartFilter,
    *,
    is_first: bool,
) -> list[ChartGroup]:
    counts: dict[object, int] = defaultdict(int)
    firsts: dict[object, int] = {}
    inside: dict[object, list[ChartRoom]] = defaultdict(list)
    for room in rooms:
        key = room.floor if only.by_floor else room.room_type_id
        counts[key] += 1
        firsts.setdefault(key, room.id)
    for room in shown:
        inside[room.floor if only.by_floor else room.room_type_id].append(room)
    if only.by_floor:
        trays_shown = [
            _type_group(pk, name, [], counts, free, trays) for pk, name in types if is_first and trays.get(pk)
        ]
        return trays_shown + [
            ChartGroup(f"floor-{key}", str(key), found, counts[key], is_continued=found[0].id != firsts[key])
            for key, found in inside.items()
        ]
    groups = []
    for pk, name in types:
        is_here = bool(inside.get(pk)) and inside[pk][0].id == firsts[pk]
        is_roomless = is_first and not counts[pk] and bool(trays.get(pk)) and not only.floor
        if is_here or is_roomless:
            groups.append(_type_group(pk, name, inside.get(pk, []), counts, free, trays))
        elif inside.get(pk):
            groups.append(ChartGroup(f"type-{pk}", name, inside[pk], counts[pk], is_continued=True))
    return groups


def _type_group(
    pk: int,
    name: str,
    rooms: list[ChartRoom],
    counts: dict[object, int],
    free: dict[int, dict[date, tuple[int, int]]],
    trays: dict[int, list[ChartBar]],
) -> ChartGroup:
    bars = trays.get(pk, [])
    return ChartGroup(
        key=f"type-{pk}",
        name=name,
        rooms=rooms,
        rooms_total=counts[pk] or len(rooms),
        free=free.get(pk, {}),
        tray=lanes(bars),
        waiting=len(bars),
    )
