"""Locks of groups: the group, then every night it keeps rooms on, in the order of everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bookings.exceptions import GroupClosed, GroupNotFound
from bookings.models import OPEN_GROUP_STATUSES, Group, GroupBlock
from core.locks import lock_timeout
from inventory.services.nights import nights_lock_of


def group_lock(*, group_id: int) -> Group:
    """Lock a group alone, before anything else. Two queries. Raises `GroupNotFound`, `Unavailable`."""
    with lock_timeout():
        group = (
            Group.objects.select_for_update(of=("self",), no_key=True)
            .select_related("property", "folio", "rate_plan")
            .filter(pk=group_id)
            .first()
        )
    if group is None:
        raise GroupNotFound
    return group


def group_open_lock(*, group_id: int) -> Group:
    """Lock a group that still keeps rooms. Raises as `group_lock`, and `GroupClosed`."""
    group = group_lock(group_id=group_id)
    if group.status not in OPEN_GROUP_STATUSES:
        raise GroupClosed
    return group


def blocks_lock(group: Group, *, also: Iterable[tuple[int, date]] = ()) -> list[GroupBlock]:
    """Lock the nights of a group's blocks, and others, and return the blocks. Three queries. Raises `Unavailable`."""
    nights = list(GroupBlock.objects.filter(group=group).values_list("room_type_id", "date"))
    nights_lock_of(nights=[*nights, *also])
    return list(GroupBlock.objects.filter(group=group).order_by("room_type_id", "date"))
