"""Free rooms and nightly rates of stays, as plain dictionaries. Always read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db import connection

from core.dates import StayDates
from inventory.models import Rate, RoomInventory

T = TypeVar("T")

STAY_SQL = """
SELECT i.date, i.available, r.price
FROM inventory_roominventory i
  LEFT JOIN inventory_rate r
    ON r.room_type_id = i.room_type_id AND r.date = i.date AND r.rate_plan_id = %(rate_plan_id)s
WHERE i.room_type_id = %(room_type_id)s AND i.date >= %(arrival)s AND i.date < %(departure)s
"""


@dataclass(frozen=True, slots=True)
class StayNights:
    """Of some room types on the nights of a stay: free rooms by night, and rates by plan (with prices) and night."""

    free: Mapping[int, Mapping[date, int]]
    prices: Mapping[tuple[int, int], Mapping[date, Decimal]]

    def free_of(self, room_type_id: int) -> Mapping[date, int]:
        """Return the free rooms of each night that is in the inventory."""
        return self.free.get(room_type_id, {})

    def prices_of(self, room_type_id: int, rate_plan_id: int) -> Mapping[date, Decimal]:
        """Return the rate of each night that has one."""
        return self.prices.get((room_type_id, rate_plan_id), {})

    def during(self, stay: StayDates) -> StayNights:
        """Return the same without the nights that are not part of a stay."""
        dates = stay.dates()
        return StayNights(
            {key: _only(dates, nights) for key, nights in self.free.items()},
            {key: _only(dates, nights) for key, nights in self.prices.items()},
        )


def _only(dates: list[date], nights: Mapping[date, T]) -> dict[date, T]:
    return {night: nights[night] for night in dates if night in nights}


def stay_nights(*, room_type_id: int, rate_plan_id: int, stay: StayDates) -> StayNights:
    """Return the nights of one room type with the rates of one plan. One query."""
    free: dict[date, int] = {}
    prices: dict[date, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            STAY_SQL,
            {
                "room_type_id": room_type_id,
                "rate_plan_id": rate_plan_id,
                "arrival": stay.arrival,
                "departure": stay.departure,
            },
        )
        for night, available, price in cursor.fetchall():
            free[night] = available
            if price is not None:
                prices[night] = price
    return StayNights({room_type_id: free}, {(room_type_id, rate_plan_id): prices})


def room_type_nights(*, room_type_ids: Iterable[int], stay: StayDates) -> StayNights:
    """Return the nights of some room types with the rates of all plans. Two queries."""
    wanted = list(room_type_ids)
    prices: dict[tuple[int, int], dict[date, Decimal]] = defaultdict(dict)
    rates = Rate.objects.filter(
        room_type_id__in=wanted, date__gte=stay.arrival, date__lt=stay.departure
    ).order_by()
    for room_type_id, rate_plan_id, night, price in rates.values_list(
        "room_type_id", "rate_plan_id", "date", "price"
    ):
        prices[room_type_id, rate_plan_id][night] = price
    return StayNights(free_nights(room_type_ids=wanted, stay=stay), dict(prices))


def free_nights(*, room_type_ids: Iterable[int], stay: StayDates) -> dict[int, dict[date, int]]:
    """Return the free rooms by room type and night. One query."""
    free: dict[int, dict[date, int]] = {}
    rows = RoomInventory.objects.for_stay(
        room_type_ids=room_type_ids, arrival=stay.arrival, departure=stay.departure
    ).order_by("room_type_id", "date")
    for room_type_id, night, available in rows.values_list("room_type_id", "date", "available"):
        free.setdefault(room_type_id, {})[night] = available
    return free
