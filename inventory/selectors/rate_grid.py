"""Prices and rooms of a house night by night: what the grid shows, and what changes of many nights start from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.dates import date_range
from inventory.models import Rate, RateEdit, RatePattern, RatePlan, RoomInventory, RoomType
from inventory.rate_wishes import Cell, CellValue

EDITS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class GridRow:
    """The nights of a room type at one plan: prices in the currency of the house, None where there is none."""

    plan: RatePlan
    cells: Sequence[CellValue | None]


@dataclass(frozen=True, slots=True)
class GridRooms:
    """Rooms of a room type on one night."""

    total: int
    available: int


@dataclass(frozen=True, slots=True)
class GridBlock:
    """A room type: how many rooms on each night, and a row for each plan that has prices of its own."""

    room_type: RoomType
    rooms: Sequence[GridRooms | None]
    rows: Sequence[GridRow]


@dataclass(frozen=True, slots=True)
class RateGrid:
    """Nights, and for each room type its rooms and prices."""

    nights: Sequence[date]
    blocks: Sequence[GridBlock]


def rate_plans_priced(*, property_id: int) -> list[RatePlan]:
    """The active plans of a house that have prices of their own. One query."""
    rows = RatePlan.objects.filter(property_id=property_id, derived_from__isnull=True, is_active=True)
    return list(rows.order_by("position", "pk"))


def room_types_sold(*, property_id: int) -> list[RoomType]:
    """The active room types of a house, in order. One query."""
    return list(RoomType.objects.filter(property_id=property_id, is_active=True).order_by("position", "pk"))


def rate_grid(*, property_id: int, first: date, end: date) -> RateGrid:
    """The nights ``[first, end)`` of all room types and plans with prices of their own. Four queries."""
    plans, kinds = rate_plans_priced(property_id=property_id), room_types_sold(property_id=property_id)
    nights = list(date_range(first, end))
    values = cell_values(property_id=property_id, first=first, end=end)
    rooms = {
        (row.room_type_id, row.date): GridRooms(row.total, row.available)
        for row in RoomInventory.objects.filter(
            room_type__in=[kind.pk for kind in kinds], date__gte=first, date__lt=end
        ).only("room_type_id", "date", "total", "available")
    }
    blocks = [
        GridBlock(
            kind,
            [rooms.get((kind.pk, night)) for night in nights],
            [GridRow(plan, [values.get((kind.pk, plan.pk, night)) for night in nights]) for plan in plans],
        )
        for kind in kinds
    ]
    return RateGrid(nights, blocks)


def cell_values(*, property_id: int, first: date, end: date) -> dict[Cell, CellValue]:
    """The prices of a house on the nights ``[first, end)``. One query."""
    rows = Rate.objects.filter(rate_plan__property_id=property_id, date__gte=first, date__lt=end)
    return {
        (kind, plan, night): CellValue(price, by_hand)
        for kind, plan, night, price, by_hand in rows.order_by().values_list(
            "room_type_id", "rate_plan_id", "date", "price", "is_override"
        )
    }


def room_totals(*, property_id: int, first: date, end: date) -> dict[Cell, CellValue]:
    """The number of rooms of a house on the nights ``[first, end)``. One query."""
    rows = RoomInventory.objects.filter(room_type__property_id=property_id, date__gte=first, date__lt=end)
    return {
        (kind, None, night): CellValue(Decimal(total))
        for kind, night, total in rows.order_by().values_list("room_type_id", "date", "total")
    }


def season_prices(*, room_type_ids: Collection[int], nights: Sequence[date]) -> dict[Cell, Decimal]:
    """The prices that seasons give these nights, at the plans that have seasons. One query."""
    seasons = RatePattern.objects.filter(room_type_id__in=room_type_ids).order_by("priority", "pk")
    found: dict[Cell, Decimal] = {}
    for season in seasons:
        prices = season.weekday_prices()
        for night in nights:
            if season.first_night <= night and (season.last_night is None or night <= season.last_night):
                found[season.room_type_id, season.rate_plan_id, night] = prices[night.weekday()]
    return found


def rate_edits_recent(*, property_id: int) -> list[RateEdit]:
    """The latest changes of many prices that were applied, taken back or not. One query, without their nights."""
    rows = RateEdit.objects.filter(property_id=property_id, applied_at__isnull=False)
    return list(rows.defer("changes", "wish").select_related("created_by").order_by("-pk")[:EDITS_SHOWN])
