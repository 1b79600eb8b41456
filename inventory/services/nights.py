"""The one place that moves rooms between free, held and sold.

Every service here runs inside the caller's transaction, locks the nights in (room type, date) order, waits at
most three seconds for each, checks, then writes with one statement. RoomInventory comes before every other lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.transaction import TransactionManagementError

from core.dates import StayDates
from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from inventory.cache import nights_changed
from inventory.exceptions import NightsNotHeld, SoldOut
from inventory.models import RoomInventory, RoomType
from inventory.querysets import RoomInventoryQuerySet
from inventory.signals import nights_freed

from .inventory_announcing import inventory_announce

PROPERTY_ID = Subquery(RoomType.objects.filter(pk=OuterRef("room_type_id")).values("property_id"))
"""Not a join: FOR UPDATE would lock the joined row as well."""


@dataclass(frozen=True, slots=True)
class LockedNight:
    """One night's numbers, locked until the end of the transaction."""

    date: date
    total: int
    held: int
    sold: int
    blocked: int
    property_id: int

    @property
    def available(self) -> int:
        return self.total - self.held - self.sold - self.blocked


def nights_lock(*, room_type_id: int, stay: StayDates, rooms: int = 0) -> dict[date, LockedNight]:
    """Lock the stay's nights and return them; with ``rooms``, make sure that as many are free on each.

    Locks RoomInventory in date order. Two queries. Raises `SoldOut` naming the nights (a night that is not in the
    inventory has no free room), `Unavailable` ("busy") when a lock cannot be had in 3 seconds, and
    `TransactionManagementError` outside a transaction.
    """
    nights = _lock(
        RoomInventory.objects.for_stay(
            room_type_ids=[room_type_id], arrival=stay.arrival, departure=stay.departure
        )
    )
    if rooms:
        short = [night for night in stay.dates() if night not in nights or nights[night].available < rooms]
        if short:
            raise SoldOut.on_nights(short, room_type_id=room_type_id, rooms=rooms)
    return nights


def nights_lock_some(*, room_type_id: int, nights: Iterable[date]) -> dict[date, LockedNight]:
    """Lock single nights and return those that the inventory has. Two queries. Raises as `nights_lock`."""
    return _lock(RoomInventory.objects.filter(room_type_id=room_type_id, date__in=list(nights)))


def nights_lock_of(*, nights: Iterable[tuple[int, date]]) -> dict[tuple[int, date], LockedNight]:
    """Lock nights of several room types, given as (room type, night), and return those that the inventory has.

    In (room type, date) order, as everybody does. Two queries, none for no nights. Raises as `nights_lock`.
    """
    _transaction_required("nights_lock_of")
    dates_by_type: dict[int, set[date]] = {}
    for room_type_id, night in nights:
        dates_by_type.setdefault(room_type_id, set()).add(night)
    if not dates_by_type:
        return {}
    wanted = Q()
    for room_type_id, dates in dates_by_type.items():
        wanted |= Q(room_type_id=room_type_id, date__in=sorted(dates))
    with translate_integrity_errors(), lock_timeout():
        locked = (
            RoomInventory.objects.filter(wanted)
            .select_for_update()
            .order_by("room_type_id", "date")
            .values_list("room_type_id", "date", "total", "held", "sold", "blocked", PROPERTY_ID)
        )
        return {(row[0], row[1]): LockedNight(*row[1:]) for row in locked}


def nights_hold(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Free → held. Locks, checks and writes: three queries, and receivers'. Raises as `nights_lock`."""
    _rooms_positive(rooms)
    nights = nights_lock(room_type_id=room_type_id, stay=stay, rooms=rooms)
    _nights_update(room_type_id, stay, nights, held=F("held") + rooms)


def nights_sell(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Free → sold, without a hold. Locks, checks and writes: three queries, and receivers'. Raises as `nights_lock`."""
    _rooms_positive(rooms)
    nights = nights_lock(room_type_id=room_type_id, stay=stay, rooms=rooms)
    _nights_update(room_type_id, stay, nights, sold=F("sold") + rooms)


def nights_held_to_sold(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Held → sold. Three queries. Raises `NightsNotHeld` where fewer rooms are held, and as `nights_lock`."""
    _rooms_positive(rooms)
    nights = nights_lock(room_type_id=room_type_id, stay=stay)
    _require(nights, stay, "held", rooms)
    _nights_update(room_type_id, stay, nights, held=F("held") - rooms, sold=F("sold") + rooms)


def nights_release_held(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Held → free; sends `nights_freed` after commit. Three queries. Raises as `nights_held_to_sold`."""
    _rooms_positive(rooms)
    nights = nights_lock(room_type_id=room_type_id, stay=stay)
    _require(nights, stay, "held", rooms)
    _nights_update(room_type_id, stay, nights, held=F("held") - rooms)
    nights_freed_announce(room_type_id=room_type_id, stay=stay, rooms=rooms)


def nights_release_sold(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Sold → free; sends `nights_freed` after commit. Three queries. Raises as `nights_held_to_sold`."""
    _rooms_positive(rooms)
    nights = nights_lock(room_type_id=room_type_id, stay=stay)
    _require(nights, stay, "sold", rooms)
    _nights_update(room_type_id, stay, nights, sold=F("sold") - rooms)
    nights_freed_announce(room_type_id=room_type_id, stay=stay, rooms=rooms)


def nights_freed_announce(*, room_type_id: int, stay: StayDates, rooms: int) -> None:
    """Send `nights_freed` once the transaction commits."""

    def send() -> None:
        nights_freed.send_robust(
            sender=RoomInventory,
            room_type_id=room_type_id,
            arrival=stay.arrival,
            departure=stay.departure,
            rooms=rooms,
        )

    transaction.on_commit(send, robust=True)


def _lock(rows: RoomInventoryQuerySet) -> dict[date, LockedNight]:
    """Lock nights in (room type, date) order, which is the order of everybody."""
    _transaction_required("nights_lock")
    with translate_integrity_errors(), lock_timeout():
        locked = (
            rows.select_for_update()
            .order_by("room_type_id", "date")
            .values_list("date", "total", "held", "sold", "blocked", PROPERTY_ID)
        )
        return {row[0]: LockedNight(*row) for row in locked}


def _nights_update(
    room_type_id: int, stay: StayDates, nights: Mapping[date, LockedNight], **changes: Combinable
) -> None:
    with translate_integrity_errors():
        RoomInventory.objects.for_stay(
            room_type_ids=[room_type_id], arrival=stay.arrival, departure=stay.departure
        ).update(**changes)
    if {"held", "sold"} == changes.keys():
        return  # as many are free as before: nothing that is shown changes
    for property_id in {night.property_id for night in nights.values()}:
        nights_changed(property_id=property_id, nights=stay.dates())
        inventory_announce(property_id=property_id, room_type_id=room_type_id, stay=stay)


def _require(nights: Mapping[date, LockedNight], stay: StayDates, state: str, rooms: int) -> None:
    short = [night for night in stay.dates() if night not in nights or getattr(nights[night], state) < rooms]
    if short:
        raise NightsNotHeld(data={"nights": [night.isoformat() for night in short], "state": state})


def _rooms_positive(rooms: int) -> None:
    if rooms < 1:
        raise ValueError("at least one room")


def _transaction_required(name: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{name}() needs a transaction: its locks would be gone at once")
