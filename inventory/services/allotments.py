"""How many rooms there are to sell on which nights: totals, and blocks that take rooms out of sale."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import StayDates
from core.editing import rows_unchanged
from core.exceptions import NotFound, ValidationFailed, translate_integrity_errors
from inventory.cache import availability_changed
from inventory.exceptions import (
    BlockOfCalendar,
    BlockOfRoom,
    InventoryBelowSold,
    NightsMissing,
    SoldOut,
    UnknownRoomType,
)
from inventory.models import BlockKind, InventoryBlock, RoomInventory, RoomType

from .inventory_announcing import inventory_announce
from .nights import nights_freed_announce, nights_lock
from .setup_lock import setup_lock

logger = structlog.get_logger(__name__)


def inventory_total_set(
    *, room_type_id: int, first: date, end: date, total: int, actor: User | None = None
) -> int:
    """Set how many rooms there are on the nights ``[first, end)``. Returns how many nights that are.

    Locks the nights; five queries. Raises `InventoryBelowSold` naming the nights on which more rooms are sold, held or
    blocked, and `NightsMissing` if none of them is in the inventory. Rooms that come on sale are announced.
    """
    if total < 0:
        raise ValidationFailed(_("At least no room at all."), field="total")
    stay = StayDates(first, end)
    with translate_integrity_errors(), transaction.atomic():
        room_type = _room_type_locked(room_type_id)
        nights = nights_lock(room_type_id=room_type_id, stay=stay)
        rows_unchanged(RoomInventory)
        if not nights:
            raise NightsMissing(data={"nights": [night.isoformat() for night in stay.dates()]})
        short = [night.date for night in nights.values() if night.held + night.sold + night.blocked > total]
        if short:
            raise InventoryBelowSold(data={"nights": [night.isoformat() for night in sorted(short)]})
        changed = RoomInventory.objects.for_stay(
            room_type_ids=[room_type_id], arrival=first, departure=end
        ).update(total=total)
        availability_changed(property_id=room_type.property_id)
        inventory_announce(property_id=room_type.property_id, room_type_id=room_type.pk, stay=stay)
        logger.info(
            "inventory_total_set", room_type_id=room_type_id, nights=changed, total=total, actor_id=_id(actor)
        )
        more = min(total - night.total for night in nights.values())
        if more > 0:
            nights_freed_announce(room_type_id=room_type_id, stay=stay, rooms=more)
    return changed


def block_create(
    *, room_type_id: int, start: date, end: date, rooms: int, reason: str, actor: User | None = None
) -> InventoryBlock:
    """Take rooms out of sale on the nights ``[start, end)``; nights that are added later are blocked as well.

    Locks the nights; six queries. Raises `SoldOut` naming the nights on which fewer rooms are free.
    """
    if rooms < 1:
        raise ValidationFailed(_("Block at least one room."), field="rooms")
    stay = StayDates(start, end)
    with translate_integrity_errors(), transaction.atomic():
        room_type = _room_type_locked(room_type_id)
        nights = nights_lock(room_type_id=room_type_id, stay=stay)
        short = [night.date for night in nights.values() if night.available < rooms]
        if short:
            raise SoldOut.on_nights(short, room_type_id=room_type_id, rooms=rooms)
        RoomInventory.objects.for_stay(room_type_ids=[room_type_id], arrival=start, departure=end).update(
            blocked=F("blocked") + rooms
        )
        block = InventoryBlock.objects.create(
            room_type=room_type, start=start, end=end, rooms=rooms, reason=reason, created_by=actor
        )
        availability_changed(property_id=room_type.property_id)
        inventory_announce(property_id=room_type.property_id, room_type_id=room_type.pk, stay=stay)
    return block


def block_delete(*, block_id: int, actor: User | None = None) -> None:
    """Put blocked rooms on sale again, and announce it. Locks the nights.

    Raises `NotFound`, `BlockOfCalendar` for what an outside calendar blocks: that follows its event, and `BlockOfRoom`
    for what belongs to a room that is out of order or has a guest of another room type.
    """
    with translate_integrity_errors(), transaction.atomic():
        block = InventoryBlock.objects.filter(pk=block_id).first()
        if block is None:
            raise NotFound
        if block.kind == BlockKind.CALENDAR:
            raise BlockOfCalendar
        if block.kind != BlockKind.STAFF:
            raise BlockOfRoom
        room_type = _room_type_locked(block.room_type_id)
        stay = StayDates(block.start, block.end)
        nights_lock(room_type_id=block.room_type_id, stay=stay)
        if not InventoryBlock.objects.filter(pk=block_id).delete()[0]:
            raise NotFound  # somebody else was faster
        RoomInventory.objects.for_stay(
            room_type_ids=[block.room_type_id], arrival=block.start, departure=block.end
        ).update(blocked=F("blocked") - block.rooms)
        availability_changed(property_id=room_type.property_id)
        inventory_announce(property_id=room_type.property_id, room_type_id=room_type.pk, stay=stay)
        logger.info("block_deleted", block_id=block_id, rooms=block.rooms, actor_id=_id(actor))
        nights_freed_announce(room_type_id=block.room_type_id, stay=stay, rooms=block.rooms)


def _id(actor: User | None) -> int | None:
    return None if actor is None else actor.pk


def _room_type_locked(room_type_id: int) -> RoomType:
    """The room type, with its house's setup lock: no night is added in the meantime."""
    room_type = RoomType.objects.filter(pk=room_type_id).first()
    if room_type is None:
        raise UnknownRoomType
    setup_lock(property_id=room_type.property_id)
    return room_type
