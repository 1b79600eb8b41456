"""Closures of rooms, in the transaction of `bookings.services.closing`, which knows the guests."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import StayDates
from core.exceptions import ValidationFailed
from inventory.models import BlockKind, ClosureKind, Room, RoomClosure

from .room_blocks import room_block_change, room_block_release, room_block_take
from .setup_lock import setup_lock

REASON_MAX_LENGTH = 200


def closure_add(*, room: Room, stay: StayDates, kind: str, reason: str, actor: User | None) -> RoomClosure:
    """Close a locked room on the nights of ``stay``; out of order takes it from sale.

    Raises `ValidationFailed`, `ClosureOverlaps` by its constraint, and `SoldOut` naming the nights on which every
    room of the type is sold.
    """
    if kind not in ClosureKind.values:
        raise ValidationFailed(_("This is no way to close a room."), field="kind")
    if not reason.strip():
        raise ValidationFailed(_("Please say why the room is closed."), field="reason")
    block = None
    if kind == ClosureKind.OUT_OF_ORDER:
        block = room_block_take(
            room_type_id=room.room_type_id,
            property_id=room.property_id,
            stay=stay,
            kind=BlockKind.CLOSURE,
            reason=f"{room.number}: {reason.strip()}",
            actor=actor,
            may_go_beyond=True,
        )
    return RoomClosure.objects.create(
        room=room,
        kind=kind,
        start=stay.arrival,
        end=stay.departure,
        reason=reason.strip()[:REASON_MAX_LENGTH],
        block=block,
        created_by=actor,
    )


def closure_resize(closure: RoomClosure, *, end: date) -> None:
    """Let a closure end on another day after its first night. Raises `SoldOut` for nights that are sold."""
    if closure.block is not None:
        room_block_change(
            closure.block,
            property_id=closure.room.property_id,
            start=closure.start,
            end=end,
            may_go_beyond=True,
        )
    closure.end = end
    closure.save(update_fields=["end", "updated_at"])


def closure_drop(closure: RoomClosure) -> None:
    """Undo a closure: the room is as good as ever, and on sale."""
    block, closure.block = closure.block, None
    closure.delete()
    if block is not None:
        room_block_release(block, property_id=closure.room.property_id)


def closures_lock(*, property_id: int) -> None:
    """One closure at a time per house, and none while nights are added. Comes before every row lock. Two queries."""
    setup_lock(property_id=property_id)
