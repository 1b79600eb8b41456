"""Groups as staff see them: how much is picked up, who comes, and when what is left goes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from bookings.exceptions import GroupNotFound
from bookings.group_types import GroupNight, PickUp
from bookings.models import OPEN_GROUP_STATUSES, Booking, Group, GroupBlock
from core.dates import local_datetime

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class RoomNights(TypedDict):
    """What `groups_of_house` adds."""

    agreed: int
    taken: int
    returned: int


def group_get(*, group_id: int) -> Group:
    """A group with its house, rate plan and folio. One query. Raises `GroupNotFound`."""
    group = Group.objects.select_related("property", "rate_plan", "folio").filter(pk=group_id).first()
    if group is None:
        raise GroupNotFound
    return group


def group_visible(*, group_id: int, property_ids: Sequence[int] | None) -> Group:
    """A group of one of these houses (None: of any), as `group_get`. One query. Raises `GroupNotFound`."""
    found = groups_visible(property_ids=property_ids).filter(pk=group_id).first()
    if found is None:
        raise GroupNotFound
    return found


def groups_visible(
    *, property_ids: Sequence[int] | None, property_id: int | None = None, open_only: bool = False
) -> QuerySet[Group]:
    """The groups of some houses (None: of all), the last arrival first. One query when read."""
    rows = Group.objects.select_related("property", "rate_plan", "folio").order_by("-arrival", "-pk")
    if property_ids is not None:
        rows = rows.filter(property_id__in=property_ids)
    if property_id is not None:
        rows = rows.filter(property_id=property_id)
    return rows.filter(status__in=OPEN_GROUP_STATUSES) if open_only else rows


def group_release_at(group: Group) -> datetime:
    """When what is left goes back on sale: the release time on the property's clock. No query with its property."""
    return local_datetime(group.release_date, group.release_time, group.property.time_zone)


def groups_due(*, at: datetime, limit: int) -> list[int]:
    """Ids of groups whose release has come, the longest due first. One query."""
    rows = Group.objects.filter(
        status__in=OPEN_GROUP_STATUSES, release_date__lte=(at + timedelta(days=1)).date()
    ).select_related("property")
    due = [(group_release_at(group), group.pk) for group in rows]
    return [pk for when, pk in sorted(due) if when <= at][:limit]


def groups_of_house(*, property_id: int) -> QuerySet[WithAnnotations[Group, RoomNights]]:
    """A house's groups, the next arrival first, with ``agreed`` and ``taken`` room nights. One query when read."""
    nothing = 0
    rows = (
        Group.objects.filter(property_id=property_id)
        .select_related("property")
        .annotate(
            agreed=Coalesce(Sum("blocks__rooms"), nothing),
            taken=Coalesce(Sum("blocks__picked_up"), nothing),
            returned=Coalesce(Sum("blocks__released"), nothing),
        )
        .order_by("-arrival", "-pk")
    )
    return cast("QuerySet[WithAnnotations[Group, RoomNights]]", rows)


def group_pick_ups(*, group_id: int) -> list[PickUp]:
    """What is kept and taken of each room type, night by night. One query."""
    rows = (
        GroupBlock.objects.filter(group_id=group_id)
        .select_related("room_type")
        .order_by("room_type__position", "room_type_id", "date")
    )
    nights: dict[tuple[int, str], list[GroupNight]] = {}
    for row in rows:
        night = GroupNight(row.date, row.rooms, row.picked_up, row.released, row.price)
        nights.setdefault((row.room_type_id, row.room_type.name), []).append(night)
    return [PickUp(pk, name, tuple(found)) for (pk, name), found in nights.items()]


def group_bookings(*, group_id: int) -> list[Booking]:
    """The bookings of a group by arrival and name, with their room types. One query."""
    return list(
        Booking.objects.filter(group_id=group_id)
        .select_related("room_type")
        .defer("quote", "cancellation_terms")
        .order_by("arrival", "guest_name", "pk")
    )


def group_payer(*, booking: Booking) -> str:
    """Who pays for room and taxes of a stay: its group, where that has a shared folio, else "" for the guest.

    One query, none for bookings without a group.
    """
    if booking.group_id is None:
        return ""
    names = Group.objects.filter(pk=booking.group_id, shared_folio=True).values_list("company", "name")
    company, name = names.first() or ("", "")
    return company or name


def group_references(*, group_id: int, among: Collection[str]) -> set[str]:
    """Which of some references are of bookings of a group. One query, none for no references."""
    if not among:
        return set()
    rows = Booking.objects.filter(group_id=group_id, reference__in=among)
    return set(rows.values_list("reference", flat=True))


def groups_releasing(*, property_id: int, at: datetime, days: int) -> list[Group]:
    """A house's groups that give rooms back within some days, or did so since yesterday. One query."""
    rows = Group.objects.filter(property_id=property_id).filter(
        Q(status__in=OPEN_GROUP_STATUSES, release_date__lte=(at + timedelta(days=days)).date())
        | Q(released_at__gte=at - timedelta(days=1))
    )
    left = F("blocks__rooms") - F("blocks__picked_up") - F("blocks__released")
    return list(
        rows.select_related("property")
        .annotate(left=Coalesce(Sum(left), 0), returned=Coalesce(Sum("blocks__released"), 0))
        .order_by("release_date", "pk")
    )
