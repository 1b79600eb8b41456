"""How far the cleaning of rooms is: marked by who cleans, and dirty again when a guest has left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import staff_access
from core.exceptions import NotFound, PermissionDenied, ValidationFailed
from core.locks import lock_timeout
from inventory.models import Housekeeping, Room

NOTE_MAX_LENGTH = 200


def room_mark(
    *, room_id: int, state: str, actor: User, note: str | None = None, at: datetime | None = None
) -> Room:
    """Say how far a room is, and leave ``note`` for who comes next (None keeps the one that is there).

    Marking "inspected" is for the front desk and managers. Locks the room; three queries. Raises `NotFound`,
    `PermissionDenied`, and `ValidationFailed` for a state that does not exist or a note that is too long.
    """
    return rooms_mark(room_ids=[room_id], state=state, actor=actor, note=note, at=at)[0]


def rooms_mark(
    *,
    room_ids: Collection[int],
    state: str,
    actor: User,
    note: str | None = None,
    at: datetime | None = None,
) -> list[Room]:
    """Say how far some rooms are, all or none, in order of their number. Three queries. Raises as `room_mark`."""
    if state not in Housekeeping.values:
        raise ValidationFailed(_("This is no state of a room."), field="state")
    if note is not None and len(note) > NOTE_MAX_LENGTH:
        raise ValidationFailed(_("At most %(count)s characters.") % {"count": NOTE_MAX_LENGTH}, field="note")
    with transaction.atomic(), lock_timeout():
        rooms = list(Room.objects.select_for_update(no_key=True).filter(pk__in=room_ids).order_by("pk"))
        if not rooms or len(rooms) != len(set(room_ids)):
            raise NotFound
        _may_mark(actor, {room.property_id for room in rooms}, state=state)
        for room in rooms:
            room.housekeeping = state
            room.housekeeping_at = at or timezone.now()
            room.housekeeping_note = room.housekeeping_note if note is None else note.strip()
        Room.objects.bulk_update(rooms, ["housekeeping", "housekeeping_at", "housekeeping_note"])
    return sorted(rooms, key=lambda room: room.number)


def rooms_mark_dirty(*, room_ids: Collection[int], at: datetime | None = None) -> int:
    """A guest has left these rooms. Runs in the caller's transaction, one query; how many were not dirty before."""
    return (
        Room.objects.filter(pk__in=room_ids)
        .exclude(housekeeping=Housekeeping.DIRTY)
        .update(housekeeping=Housekeeping.DIRTY, housekeeping_at=at or timezone.now())
    )


def _may_mark(actor: User, property_ids: set[int], *, state: str) -> None:
    operation = "room_inspect" if state == Housekeeping.INSPECTED else "room_mark"
    access = staff_access(actor)
    if not all(
        may_with(access, property_id, OPERATION_PERMISSIONS[operation]) for property_id in property_ids
    ):
        raise PermissionDenied
