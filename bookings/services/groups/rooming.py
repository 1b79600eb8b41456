"""A rooming list becomes bookings: checked first, then all of it or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.exceptions import RoomingListWrong
from bookings.group_types import PickedUp, RoomingList
from bookings.models import Group
from bookings.rooming_lists import room_types_by_name, rooming_lines, rooming_listed, rooming_rooms
from bookings.selectors.groups import group_get, group_references
from inventory.models import RoomType

from .picking import group_rooms_pick_up, room_source, rooms_known


def rooming_list_read(*, group: Group, file: Any) -> RoomingList:
    """A rooming list as it would be booked: its lines with what is wrong, its rooms, and which are booked already.

    Lines of a list from the house name bookings of the group and book nothing again. Two queries, a third where they
    do; nothing is written. Raises `FileUnreadable`, `FileTooLarge`.
    """
    room_types = room_types_by_name(RoomType.objects.filter(property_id=group.property_id))
    lines = rooming_lines(file, group=group, room_types=room_types)
    named = {line.booking for line in lines if line.booking}
    lines, new = rooming_listed(lines, references=group_references(group_id=group.pk, among=named))
    if any(line.errors for line in lines):
        return RoomingList(lines=tuple(lines))
    rooms, problems = rooming_rooms(new, room_types=room_types)
    known = rooms_known(group, rooms)
    booked = tuple(room for room in rooms if room_source(group, room) in known)
    return RoomingList(
        lines=tuple(lines),
        rooms=tuple(rooms),
        booked=booked,
        listed=len(lines) - len(new),
        problems=tuple(problems),
    )


def rooming_list_book(
    *, group_id: int, file: Any, actor: User, is_told: bool = False, at: datetime | None = None
) -> PickedUp:
    """Book every room of a list that is not booked yet, all or none. The same list again books nothing.

    Locks and raises as `group_rooms_pick_up`; `RoomingListWrong` with the lines that have errors.
    """
    found = rooming_list_read(group=group_get(group_id=group_id), file=file)
    if not found.is_clean:
        lines = {str(line.number): list(line.errors) for line in found.lines if line.errors}
        raise RoomingListWrong(data={"lines": lines, "problems": list(found.problems)})
    return group_rooms_pick_up(group_id=group_id, rooms=found.rooms, actor=actor, is_told=is_told, at=at)
