"""Single rooms taken from sale by something that lives elsewhere: a closure, or a guest of another room type.

Each runs inside the transaction of that something, and locks the nights before anything else of it is locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F

from accounts.models import User
from core.dates import StayDates
from inventory.cache import availability_changed
from inventory.exceptions import SoldOut
from inventory.models import BlockKind, InventoryBlock, RoomInventory
from inventory.querysets import RoomInventoryQuerySet

from .inventory_announcing import inventory_announce
from .nights import nights_freed_announce, nights_lock

REASON_MAX_LENGTH = 200


def room_block_take(
    *,
    room_type_id: int,
    property_id: int,
    stay: StayDates,
    kind: BlockKind,
    reason: str,
    actor: User | None,
    may_go_beyond: bool = False,
) -> InventoryBlock:
    """Take one room of the type from sale on the nights of ``stay``, and return the block that says so.

    Locks the nights; five queries. With ``may_go_beyond`` the nights may lie beyond the inventory (they are blocked
    when they are added; the caller holds the setup lock). Raises `SoldOut` naming the nights without a free room.
    """
    _take(room_type_id, stay, may_go_beyond=may_go_beyond)
    block = InventoryBlock.objects.create(
        room_type_id=room_type_id,
        start=stay.arrival,
        end=stay.departure,
        rooms=1,
        reason=reason[:REASON_MAX_LENGTH],
        kind=kind,
        created_by=actor,
    )
    _announce(room_type_id, property_id, stay)
    return block


def room_block_change(
    block: InventoryBlock, *, property_id: int, start: date, end: date, may_go_beyond: bool = False
) -> None:
    """Let a block be of the nights ``[start, end)``: nights it gives up are sold again, new ones are taken.

    The dates overlap those it had. Locks the nights; up to eight queries. Raises `SoldOut` and changes nothing then.
    """
    added = [*_between(start, block.start), *_between(block.end, end)]
    freed = [*_between(block.start, start), *_between(end, block.end)]
    for stay in added:
        _take(block.room_type_id, stay, may_go_beyond=may_go_beyond)
        _announce(block.room_type_id, property_id, stay)
    block.start, block.end = start, end
    block.save(update_fields=["start", "end", "updated_at"])
    for stay in freed:
        _free(block.room_type_id, property_id, stay)


def room_block_release(block: InventoryBlock, *, property_id: int) -> None:
    """Sell the room again. Whatever pointed to the block does not any more. Locks the nights; five queries."""
    block.delete()
    _free(block.room_type_id, property_id, StayDates(block.start, block.end))


def _between(first: date, end: date) -> Iterable[StayDates]:
    """The nights ``[first, end)`` if there are any."""
    return (StayDates(first, end),) if first < end else ()


def _take(room_type_id: int, stay: StayDates, *, may_go_beyond: bool) -> None:
    nights = nights_lock(room_type_id=room_type_id, stay=stay)
    wanted = nights if may_go_beyond else stay.dates()
    short = [night for night in wanted if night not in nights or nights[night].available < 1]
    if short:
        raise SoldOut.on_nights(short, room_type_id=room_type_id, rooms=1)
    _nights(room_type_id, stay).update(blocked=F("blocked") + 1)


def _free(room_type_id: int, property_id: int, stay: StayDates) -> None:
    nights_lock(room_type_id=room_type_id, stay=stay)
    _nights(room_type_id, stay).update(blocked=F("blocked") - 1)
    _announce(room_type_id, property_id, stay)
    nights_freed_announce(room_type_id=room_type_id, stay=stay, rooms=1)


def _nights(room_type_id: int, stay: StayDates) -> RoomInventoryQuerySet:
    return RoomInventory.objects.for_stay(
        room_type_ids=[room_type_id], arrival=stay.arrival, departure=stay.departure
    )


def _announce(room_type_id: int, property_id: int, stay: StayDates) -> None:
    availability_changed(property_id=property_id)
    inventory_announce(property_id=property_id, room_type_id=room_type_id, stay=stay)
