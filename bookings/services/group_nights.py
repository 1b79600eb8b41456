"""A group's rooms, under the locks of their nights: taken from the block, and given back to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F

from bookings.models import OPEN_GROUP_STATUSES, Booking, Group, GroupBlock
from core.dates import date_range
from inventory.services.group_nights import nights_shift


def group_rooms_take(
    *, group_id: int, room_type_id: int, nights: Iterable[date], rooms: int = 1
) -> set[date]:
    """Sell rooms of a group: from what is kept for it on each night, and from free rooms where nothing is.

    Blocked → sold and free → sold in one statement. Inside the caller's transaction. Returns the nights that came from
    the block. Raises `SoldOut`, `NightsMissing`, `Unavailable`.
    """
    wanted = list(nights)
    kept = set(
        GroupBlock.objects.filter(
            group_id=group_id,
            room_type_id=room_type_id,
            date__in=wanted,
            rooms__gte=F("picked_up") + F("released") + rooms,
        ).values_list("date", flat=True)
    )
    nights_shift(
        room_type_id=room_type_id,
        blocked=dict.fromkeys(kept, -rooms),
        sold=dict.fromkeys(wanted, rooms),
    )
    GroupBlock.objects.filter(group_id=group_id, room_type_id=room_type_id, date__in=kept).update(
        picked_up=F("picked_up") + rooms
    )
    return kept


def group_rooms_exchange(
    booking: Booking, difference: Mapping[tuple[int, date], int]
) -> dict[tuple[int, date], int]:
    """Let a changed booking's nights come from its group's block and go back to it, as long as the group keeps rooms.

    ``difference`` has how many rooms more (or fewer) are sold, by (room type, night). Returns by how much what is
    blocked changes on the nights that the block gives, as many as are needed, or gets back, where they were picked up
    from it; the caller, who holds the locks of the nights, moves them. Three queries, one for bookings of no group.
    """
    if booking.group_id is None or not difference:
        return {}
    rows = GroupBlock.objects.filter(
        group_id=booking.group_id,
        group__status__in=OPEN_GROUP_STATUSES,
        date__in={night for _room_type_id, night in difference},
    )
    blocked, changed = {}, []
    for row in rows.order_by("room_type_id", "date"):
        more = difference.get((row.room_type_id, row.date), 0)
        if 0 < more <= row.left or 0 < -more <= row.picked_up:
            row.picked_up += more
            blocked[row.room_type_id, row.date] = -more
            changed.append(row)
    GroupBlock.objects.bulk_update(changed, ["picked_up"])
    return blocked


def group_rooms_return(booking: Booking) -> bool:
    """Give the rooms of a group's cancelled booking back to the block, as long as the group keeps rooms.

    Sold → blocked where the night was picked up from the block, sold → free elsewhere. Inside the transaction that
    holds the locks of the nights, which are those of the block's rows too. False where the group keeps nothing any
    more: then the rooms are to be freed like any other's.
    """
    if (
        booking.group_id is None
        or not Group.objects.filter(pk=booking.group_id, status__in=OPEN_GROUP_STATUSES).exists()
    ):
        return False
    nights = list(date_range(booking.arrival, booking.departure))
    rows = GroupBlock.objects.filter(
        group_id=booking.group_id,
        room_type_id=booking.room_type_id,
        date__in=nights,
        picked_up__gte=booking.rooms,
    )
    back = set(rows.values_list("date", flat=True))
    nights_shift(
        room_type_id=booking.room_type_id,
        blocked=dict.fromkeys(back, booking.rooms),
        sold=dict.fromkeys(nights, -booking.rooms),
    )
    GroupBlock.objects.filter(
        group_id=booking.group_id, room_type_id=booking.room_type_id, date__in=back
    ).update(picked_up=F("picked_up") - booking.rooms)
    return True
