"""Giving events the nights they want, as far as rooms are free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from core.dates import ONE_DAY, StayDates, date_range
from inventory.cache import availability_changed
from inventory.models import BlockKind, ExternalCalendar, ExternalEvent, InventoryBlock, Room
from inventory.services.inventory_announcing import inventory_announce
from inventory.services.nights import nights_freed_announce, nights_lock_some

REASON_MAX_LENGTH = 200

BLOCKED_SQL = """
    UPDATE inventory_roominventory AS night
       SET blocked = night.blocked + change.rooms
      FROM unnest(%s::date[], %s::int[]) AS change(date, rooms)
     WHERE night.room_type_id = %s AND night.date = change.date
"""

Nights = dict[date, int]
"""Rooms by night."""


@dataclass(slots=True)
class Allocation:
    """What events got: rooms by event and night, and what is missing of what they want."""

    given: dict[int, Nights] = field(default_factory=dict)
    missing: dict[int, Nights] = field(default_factory=dict)
    blocked: int = 0
    released: int = 0


def events_block(
    calendar: ExternalCalendar,
    events: Iterable[ExternalEvent],
    gone: Iterable[ExternalEvent],
    *,
    today: date,
    end: date,
) -> Allocation:
    """Block what events want on the nights ``[today, end)`` and release what they want no more, in one go.

    Who came first keeps what it has; then the earlier event comes first. Locks the nights that change, and only
    those; the caller holds the setup lock, under which no block of the room type changes. Up to seven queries.
    Raises `Unavailable` ("busy").
    """
    events, gone = list(events), list(gone)
    blocks = _blocks_of([*events, *gone])
    has = {event.pk: _nights_of(blocks[event.pk]) for event in (*events, *gone)}
    wants: dict[int, Nights] = {event.pk: {} for event in gone}
    for event in events:
        nights = date_range(max(event.start, today), min(event.end, end))
        wants[event.pk] = dict.fromkeys(nights, calendar.rooms)
    result = Allocation(given={pk: dict(nights) for pk, nights in has.items()})
    todo = {
        night
        for pk, wanted in wants.items()
        for night in wanted.keys() | has[pk].keys()
        if night >= today and wanted.get(night, 0) != has[pk].get(night, 0)
    }
    if todo:
        changes = _allocate(calendar, wants, result, sorted(todo))
        _blocks_write(calendar, [*events, *gone], blocks, has, result.given)
        _inventory_write(calendar, changes)
    for pk, wanted in wants.items():
        short = {night: rooms - result.given[pk].get(night, 0) for night, rooms in wanted.items()}
        if short := {night: rooms for night, rooms in short.items() if rooms > 0}:
            result.missing[pk] = short
    return result


def _allocate(
    calendar: ExternalCalendar, wants: Mapping[int, Nights], result: Allocation, todo: list[date]
) -> Nights:
    """Fill ``result`` under the locks of the nights; by how many rooms each night changes."""
    free = _free_rooms(calendar, todo)
    changes: Nights = defaultdict(int)
    for night in todo:
        for pk, wanted in wants.items():  # first what is given back, so that it can be given away again
            surplus = result.given[pk].get(night, 0) - wanted.get(night, 0)
            if surplus > 0:
                _give(result, pk, night, -surplus)
                changes[night] -= surplus
        for pk, wanted in wants.items():
            short = wanted.get(night, 0) - result.given[pk].get(night, 0)
            rooms = min(short, free[night] - changes[night])
            if rooms > 0:
                _give(result, pk, night, rooms)
                changes[night] += rooms
    return {night: rooms for night, rooms in changes.items() if rooms}


def _give(result: Allocation, pk: int, night: date, rooms: int) -> None:
    has = result.given[pk].pop(night, 0) + rooms
    if has:
        result.given[pk][night] = has
    if rooms > 0:
        result.blocked += rooms
    else:
        result.released -= rooms


def _free_rooms(calendar: ExternalCalendar, nights: list[date]) -> Nights:
    """Free rooms of nights, locked; of nights that are not in the inventory yet, what they will begin with."""
    locked = nights_lock_some(room_type_id=calendar.room_type_id, nights=nights)
    free = {night: row.available for night, row in locked.items()}
    later = [night for night in nights if night not in free]
    if later:
        rooms = Room.objects.filter(room_type_id=calendar.room_type_id, is_active=True).count()
        taken: Nights = defaultdict(int)
        for block in InventoryBlock.objects.filter(
            room_type_id=calendar.room_type_id, start__lte=later[-1], end__gt=later[0]
        ):
            for night in date_range(max(block.start, later[0]), min(block.end, later[-1] + ONE_DAY)):
                taken[night] += block.rooms
        free |= {night: max(0, rooms - taken[night]) for night in later}
    return free


def _blocks_of(events: Iterable[ExternalEvent]) -> dict[int, list[InventoryBlock]]:
    found: dict[int, list[InventoryBlock]] = {event.pk: [] for event in events}
    for block in InventoryBlock.objects.filter(event__in=found).order_by("pk"):
        assert block.event_id is not None
        found[block.event_id].append(block)
    return found


def _nights_of(blocks: Iterable[InventoryBlock]) -> Nights:
    nights: Nights = defaultdict(int)
    for block in blocks:
        for night in date_range(block.start, block.end):
            nights[night] += block.rooms
    return dict(nights)


def _blocks_write(
    calendar: ExternalCalendar,
    events: list[ExternalEvent],
    blocks: Mapping[int, list[InventoryBlock]],
    before: Mapping[int, Nights],
    after: Mapping[int, Nights],
) -> None:
    """Write the blocks of the events that changed anew: one for each run of nights with as many rooms."""
    changed = [event for event in events if before[event.pk] != after[event.pk]]
    InventoryBlock.objects.filter(
        pk__in=[block.pk for event in changed for block in blocks[event.pk]]
    ).delete()
    InventoryBlock.objects.bulk_create(
        InventoryBlock(
            room_type_id=calendar.room_type_id,
            start=start,
            end=end,
            rooms=rooms,
            reason=f"{calendar.name}: {event.summary}".rstrip(": ")[:REASON_MAX_LENGTH],
            kind=BlockKind.CALENDAR,
            event=event,
        )
        for event in changed
        for start, end, rooms in runs_of(after[event.pk])
    )


def _inventory_write(calendar: ExternalCalendar, changes: Nights) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED_SQL, [list(changes), list(changes.values()), calendar.room_type_id])
    availability_changed(property_id=calendar.room_type.property_id)
    inventory_announce(
        property_id=calendar.room_type.property_id,
        room_type_id=calendar.room_type_id,
        stay=StayDates(min(changes), max(changes) + ONE_DAY),
    )
    for start, end, rooms in runs_of({night: -rooms for night, rooms in changes.items() if rooms < 0}):
        nights_freed_announce(room_type_id=calendar.room_type_id, stay=StayDates(start, end), rooms=rooms)


def runs_of(nights: Nights) -> list[tuple[date, date, int]]:
    """Nights as runs ``[start, end)`` of consecutive ones with the same number of rooms."""
    runs: list[tuple[date, date, int]] = []
    for night in sorted(nights):
        if runs and runs[-1][1] == night and runs[-1][2] == nights[night]:
            runs[-1] = (runs[-1][0], night + ONE_DAY, nights[night])
        else:
            runs.append((night, night + ONE_DAY, nights[night]))
    return runs
