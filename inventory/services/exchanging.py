"""Rooms go from some nights to others at once: what a stay that changes needs.

Nights that are kept are not touched, so nobody can take them in between; if one night is short, nothing changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from core.dates import StayDates
from core.exceptions import translate_integrity_errors
from inventory.cache import nights_changed
from inventory.exceptions import NightsNotHeld, SoldOut
from inventory.models import RoomInventory

from .inventory_announcing import inventory_announce
from .nights import LockedNight, nights_freed_announce, nights_lock_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NightChange:
    """By how much the rooms held, sold and blocked on a night of a room type go up (or down, below zero)."""

    room_type_id: int
    date: date
    held: int = 0
    sold: int = 0
    blocked: int = 0

    @property
    def taken(self) -> int:
        """How many rooms fewer are free afterwards."""
        return self.held + self.sold + self.blocked


def nights_exchange(*, changes: Iterable[NightChange]) -> None:
    """Make all of the changes or none: lock every night in (room type, date) order, check, write.

    In the caller's transaction; sends `nights_freed` after commit. Two queries, one more for each kind of change, and
    receivers'. Raises `SoldOut` naming the nights, `NightsNotHeld` where less is held, sold or blocked than is to be
    given back, `Unavailable` ("busy") when a lock cannot be had in 3 seconds.
    """
    wanted = [change for change in changes if change.held or change.sold or change.blocked]
    nights = nights_lock_of(nights=[(change.room_type_id, change.date) for change in wanted])
    _check(wanted, nights)
    by_difference: defaultdict[tuple[int, int, int, int], list[date]] = defaultdict(list)
    for change in wanted:
        by_difference[change.room_type_id, change.held, change.sold, change.blocked].append(change.date)
    with translate_integrity_errors():
        for (room_type_id, held, sold, blocked), dates in sorted(by_difference.items()):
            RoomInventory.objects.filter(room_type_id=room_type_id, date__in=dates).update(
                held=F("held") + held, sold=F("sold") + sold, blocked=F("blocked") + blocked
            )
    _announce(wanted, nights)


def _check(wanted: Iterable[NightChange], nights: Mapping[tuple[int, date], LockedNight]) -> None:
    short: defaultdict[int, list[NightChange]] = defaultdict(list)
    gone: list[date] = []
    for change in wanted:
        night = nights.get((change.room_type_id, change.date))
        if night is not None and (
            night.held + change.held < 0 or night.sold + change.sold < 0 or night.blocked + change.blocked < 0
        ):
            gone.append(change.date)
        elif night is None or (change.taken > 0 and night.available < change.taken):
            short[change.room_type_id].append(change)
    if gone:
        raise NightsNotHeld(data={"nights": [night.isoformat() for night in sorted(gone)]})
    for room_type_id, changes in short.items():
        raise SoldOut.on_nights(
            [change.date for change in changes],
            room_type_id=room_type_id,
            rooms=max(change.taken for change in changes),
        )


def _announce(wanted: Iterable[NightChange], nights: Mapping[tuple[int, date], LockedNight]) -> None:
    of_type: defaultdict[int, list[NightChange]] = defaultdict(list)
    for change in wanted:
        if change.taken:
            of_type[change.room_type_id].append(change)
    for property_id in {night.property_id for night in nights.values()}:
        nights_changed(property_id=property_id, nights=[change.date for change in wanted])
    for room_type_id, changes in of_type.items():
        dates = [change.date for change in changes]
        inventory_announce(
            property_id=nights[room_type_id, dates[0]].property_id,
            room_type_id=room_type_id,
            stay=StayDates(min(dates), max(dates) + ONE_DAY),
        )
        for stay, rooms in _runs({change.date: -change.taken for change in changes if change.taken < 0}):
            nights_freed_announce(room_type_id=room_type_id, stay=stay, rooms=rooms)


def _runs(freed: Mapping[date, int]) -> list[tuple[StayDates, int]]:
    """Neighbouring nights with as many rooms, as stays."""
    runs: list[tuple[StayDates, int]] = []
    for night, rooms in sorted(freed.items()):
        if runs and runs[-1][0].departure == night and runs[-1][1] == rooms:
            runs[-1] = (StayDates(runs[-1][0].arrival, night + ONE_DAY), rooms)
        else:
            runs.append((StayDates(night, night + ONE_DAY), rooms))
    return runs
