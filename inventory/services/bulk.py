"""Selling the nights of many stays in one transaction, as an import does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.cache.generations import bump
from core.cache.keys import AVAILABILITY
from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from inventory.models import RoomInventory, RoomType

BULK_LOCK_TIMEOUT_SECONDS = 20
"""Longer than a guest would wait: nobody sits before an import."""

SELL_SQL = """
    UPDATE inventory_roominventory AS night
       SET sold = night.sold + sale.rooms
      FROM unnest(%s::bigint[], %s::date[], %s::int[]) AS sale(room_type_id, date, rooms)
     WHERE night.room_type_id = sale.room_type_id AND night.date = sale.date
"""

Night = tuple[int, date]
"""Room type id and stay date."""


def nights_lock_many(*, room_type_ids: Collection[int], first: date, end: date) -> dict[Night, int]:
    """Lock the nights ``[first, end)`` of some room types and return how many rooms are free on each.

    Locks RoomInventory in (room type, date) order. Two queries. Raises `Unavailable` ("busy") and
    `TransactionManagementError` outside a transaction.
    """
    with translate_integrity_errors(), lock_timeout(BULK_LOCK_TIMEOUT_SECONDS):
        rows = (
            RoomInventory.objects.for_stay(room_type_ids=room_type_ids, arrival=first, departure=end)
            .select_for_update()
            .order_by("room_type_id", "date")
            .values_list("room_type_id", "date", "available")
        )
        return {(room_type_id, night): available for room_type_id, night, available in rows}


def nights_sell_many(*, rooms: Mapping[Night, int]) -> None:
    """Free → sold for many nights at once; the caller holds their locks by `nights_lock_many`. Two queries.

    Raises `SoldOut` where fewer are free, by the constraint of the table.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "nights_sell_many() needs a transaction: its locks would be gone at once"
        )
    if not rooms:
        return
    room_type_ids, nights = zip(*rooms, strict=True)
    with translate_integrity_errors(), connection.cursor() as cursor:
        cursor.execute(SELL_SQL, [list(room_type_ids), list(nights), list(rooms.values())])
    for property_id in (
        RoomType.objects.filter(pk__in=set(room_type_ids)).values_list("property_id", flat=True).distinct()
    ):
        bump(AVAILABILITY, property_id)
