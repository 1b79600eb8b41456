"""How many rooms a group has on which nights: taken out of sale, and given back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import GroupBelowPickedUp
from bookings.models import Group, GroupBlock
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.money import round_money
from inventory.exceptions import UnknownRoomType
from inventory.models import RoomType
from inventory.services.group_nights import nights_shift

from .locking import blocks_lock, group_open_lock

logger = structlog.get_logger(__name__)


def group_blocks_set(
    *,
    group_id: int,
    room_type_id: int,
    nights: Iterable[date],
    rooms: int,
    actor: User,
    price: Decimal | None = None,
) -> list[GroupBlock]:
    """Agree on ``rooms`` rooms of a type on each of the nights, at ``price`` a night (None: as the rate plan says).

    More rooms are taken out of sale, fewer go back, all nights or none. Locks group and nights. Raises `SoldOut` naming
    the nights with too few free rooms, `NightsMissing`, `GroupBelowPickedUp`, `GroupClosed`, `PermissionDenied`,
    `UnknownRoomType`, `ValidationFailed`.
    """
    wanted = sorted(set(nights))
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_open_lock(group_id=group_id)
        operation_require(actor, group.property_id, "group_manage")
        _check(group, room_type_id=room_type_id, nights=wanted, rooms=rooms, price=price)
        blocks = blocks_lock(group, also=[(room_type_id, night) for night in wanted])
        known = {block.date: block for block in blocks if block.room_type_id == room_type_id}
        below = [night for night in wanted if night in known and known[night].picked_up > rooms]
        if below:
            raise GroupBelowPickedUp(data={"nights": [night.isoformat() for night in below]})
        changes: dict[date, int] = {}
        rows = []
        for night in wanted:
            block = known.get(night) or GroupBlock(
                group=group, room_type_id=room_type_id, date=night, rooms=0
            )
            before = block.left
            block.rooms, block.released, block.price = rooms, 0, price
            changes[night] = block.left - before
            rows.append(block)
        nights_shift(room_type_id=room_type_id, blocked=changes)
        GroupBlock.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["group", "room_type", "date"],
            update_fields=["rooms", "released", "price"],
        )
        logger.info("group_blocks_set", group_id=group_id, room_type_id=room_type_id, rooms=rooms)
    return rows


def group_blocks_cut(*, group_id: int, actor: User, room_type_id: int | None = None) -> int:
    """Give back what nobody has picked up yet, of one room type or of all; how many room nights that are.

    The group goes on with what is picked up. Locks group and nights. Raises `GroupNotFound`, `GroupClosed`,
    `PermissionDenied`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        group = group_open_lock(group_id=group_id)
        operation_require(actor, group.property_id, "group_manage")
        blocks = [
            block
            for block in blocks_lock(group)
            if block.left and (room_type_id is None or block.room_type_id == room_type_id)
        ]
        return blocks_give_back(blocks)


def blocks_give_back(blocks: Iterable[GroupBlock]) -> int:
    """Put what is left of some blocks back on sale, under the locks of their nights; how many room nights."""
    by_type: dict[int, dict[date, int]] = {}
    changed = []
    for block in blocks:
        if block.left:
            by_type.setdefault(block.room_type_id, {})[block.date] = -block.left
            block.released += block.left
            changed.append(block)
    for room_type_id in sorted(by_type):
        nights_shift(room_type_id=room_type_id, blocked=by_type[room_type_id])
    GroupBlock.objects.bulk_update(changed, ["released"])
    return -sum(rooms for nights in by_type.values() for rooms in nights.values())


def _check(group: Group, *, room_type_id: int, nights: list[date], rooms: int, price: Decimal | None) -> None:
    if not RoomType.objects.filter(pk=room_type_id, property_id=group.property_id).exists():
        raise UnknownRoomType(field="room_type")
    if rooms < 0:
        raise ValidationFailed(_("At least no room at all."), field="rooms")
    if not nights or nights[0] < group.arrival or nights[-1] >= group.departure:
        raise ValidationFailed(_("The nights must be those of the group."), field="first")
    if price is not None and (price < 0 or round_money(price, group.property.currency) != price):
        raise ValidationFailed(_("The price must be in the currency of the house."), field="price")
