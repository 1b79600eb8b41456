"""What our calendar of a room type says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from core.dates import property_today
from core.references import token_hash
from inventory.channels import Occupancy, uid_of_block, uid_of_booking, uid_of_period, unavailable_periods
from inventory.channels.sources import stays_taken
from inventory.channels.uids import uid_of_import
from inventory.models import CalendarFeed, InventoryBlock, RoomInventory

FEED_PAST_DAYS = 31
"""So far back the feed goes: a time without rooms keeps its name while it passes."""


def feed_by_token(token: str, *, at: datetime | None = None) -> CalendarFeed | None:
    """The feed with this secret, its room type and house, its blocks and ``most_rooms`` of a night. One query."""
    first = (at or timezone.now()).date() - timedelta(days=FEED_PAST_DAYS)
    nights = RoomInventory.objects.filter(room_type=OuterRef("room_type_id"), date__gte=first)
    blocks = InventoryBlock.objects.filter(room_type=OuterRef("room_type_id"), end__gt=first)
    return (
        CalendarFeed.objects.filter(token_hash=token_hash(token))
        .select_related("room_type__property")
        .annotate(
            most_rooms=Subquery(
                nights.order_by().values("room_type").annotate(most=Max("total")).values("most")
            ),
            blocks=ArraySubquery(
                blocks.order_by("start", "pk").values(
                    json=JSONObject(
                        id="pk", start="start", end="end", changed_at="updated_at", uid="event__uid"
                    )
                )
            ),
        )
        .first()
    )


def feed_occupancies(
    feed: CalendarFeed, *, is_detailed: bool = False, at: datetime | None = None
) -> list[Occupancy]:
    """What a feed of `feed_by_token` shows: two queries for a type with one room or in detail, otherwise one.

    A type with one room: its stays and blocks as they are, and what else is not for sale. More rooms: the times
    without a free one; in detail also each stay and block, marked as free.
    """
    first = property_today(feed.room_type.property.time_zone, at) - timedelta(days=FEED_PAST_DAYS)
    nights = list(
        RoomInventory.objects.filter(room_type_id=feed.room_type_id, date__gte=first, available__lte=0)
        .order_by("date")
        .values_list("date", "available")
    )
    most_rooms: int | None = getattr(feed, "most_rooms", None)
    is_single = most_rooms is not None and most_rooms <= 1
    shown: list[Occupancy] = []
    if is_single or is_detailed:
        shown = _stays(feed, first, is_free=not is_single) + _blocks(feed, is_free=not is_single)
    if is_single:
        covered = {night for entry in shown for night in _dates(entry)}
        nights = [(night, available) for night, available in nights if night not in covered]
    return shown + [
        Occupancy(
            start=start,
            end=end,
            uid=uid_of_period(room_type_id=feed.room_type_id, start=start),
            sequence=feed.revision,
            changed_at=feed.changed_at,
        )
        for start, end in unavailable_periods(nights)
    ]


def _stays(feed: CalendarFeed, first: date, *, is_free: bool) -> list[Occupancy]:
    return [
        Occupancy(
            start=stay.start,
            end=stay.end,
            uid=uid_of_booking(room_type_id=feed.room_type_id, key=stay.key),
            sequence=stay.version,
            changed_at=stay.changed_at,
            is_free=is_free,
        )
        for stay in stays_taken(feed.room_type_id, first)
    ]


def _blocks(feed: CalendarFeed, *, is_free: bool) -> list[Occupancy]:
    """Blocks of staff by their number, those of other channels by the event that they stand for."""
    shown: dict[str, Occupancy] = {}
    blocks: list[dict[str, Any]] = getattr(feed, "blocks", [])
    for block in blocks:
        start, end = date.fromisoformat(block["start"]), date.fromisoformat(block["end"])
        uid = uid_of_block(room_type_id=feed.room_type_id, block_id=block["id"])
        if block["uid"]:
            imported = uid_of_import(room_type_id=feed.room_type_id, uid=block["uid"], start=start)
            uid = uid if imported in shown else imported
        shown[uid] = Occupancy(
            start=start,
            end=end,
            uid=uid,
            sequence=0,
            changed_at=datetime.fromisoformat(block["changed_at"]),
            is_free=is_free,
        )
    return list(shown.values())


def _dates(entry: Occupancy) -> list[date]:
    return [entry.start + timedelta(days=offset) for offset in range((entry.end - entry.start).days)]
