"""Prices and rooms as a table to take away, and a table that somebody brings back as a wish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tabular import Column, FileUnreadable, Kind, Row, Table, rows_read
from inventory.models import Property, RateEditKind
from inventory.rate_wishes import RateWish

from .rate_grid import RateGrid, rate_grid, rate_plans_priced, room_types_sold

ERRORS_SHOWN = 20

COLUMNS = (
    Column("room_type", _("Room type")),
    Column("rate_plan", _("Rate plan")),
    Column("date", _("Night"), Kind.DATE),
    Column("price", _("Price"), Kind.NUMBER, digits=3),
    Column("rooms", _("Rooms"), Kind.INT),
)
"""By code. A line without a rate plan has the number of rooms, every other one a price."""


def rates_table(*, house: Property, first: date, end: date) -> Table:
    """Prices and rooms of the nights ``[first, end)``, as `rates_from_file` reads them. Four queries."""
    grid = rate_grid(property_id=house.pk, first=first, end=end)
    return Table(columns=COLUMNS, rows=_lines(grid))


def rates_from_file(*, house: Property, file: IO[bytes]) -> RateWish:
    """What an uploaded CSV, XLSX or ODS file says about prices and rooms. Two queries.

    Cells left empty change nothing. Raises `FileTooLarge` and `FileUnreadable`, which names the lines that are wrong.
    """
    rows = rows_read(file, columns=COLUMNS, required=("room_type", "date"))
    kinds = {kind.code.lower(): kind.pk for kind in room_types_sold(property_id=house.pk)}
    plans = {plan.code.lower(): plan.pk for plan in rate_plans_priced(property_id=house.pk)}
    cells: dict[tuple[int, int | None, date], Decimal] = {}
    errors: list[str] = []
    for row in rows:
        try:
            for cell, value in _cells(row, kinds, plans):
                if cells.setdefault(cell, value) != value:
                    raise ValueError(gettext("this night is there twice, with two values"))
        except ValueError as error:
            errors.append(gettext("Line %(line)s: %(error)s.") % {"line": row.line, "error": error})
    if errors:
        raise FileUnreadable(" ".join(errors[:ERRORS_SHOWN]), data={"errors": errors[:ERRORS_SHOWN]})
    return RateWish(
        kind=RateEditKind.IMPORT,
        cells=tuple((kind, plan, night, value) for (kind, plan, night), value in cells.items()),
    )


def _lines(grid: RateGrid) -> Iterator[tuple[Any, ...]]:
    for block in grid.blocks:
        code = block.room_type.code
        for night, rooms in zip(grid.nights, block.rooms, strict=True):
            if rooms is not None:
                yield (code, "", night, None, rooms.total)
        for row in block.rows:
            for night, cell in zip(grid.nights, row.cells, strict=True):
                if cell is not None:
                    yield (code, row.plan.code, night, cell.value, None)


def _cells(
    row: Row, kinds: dict[str, int], plans: dict[str, int]
) -> Iterator[tuple[tuple[int, int | None, date], Decimal]]:
    """What one line says. Raises ``ValueError`` with what is wrong about it."""
    kind = kinds.get(row["room_type"].lower())
    if kind is None:
        raise ValueError(gettext("“%(code)s” is no room type of this house") % {"code": row["room_type"]})
    plan_code, price, rooms = row.get("rate_plan") or "", row.get("price"), row.get("rooms")
    if price is not None:
        plan = plans.get(plan_code.lower())
        if plan is None:
            raise ValueError(
                gettext("“%(code)s” is no rate plan with prices of its own") % {"code": plan_code}
            )
        if not 0 <= price <= 1_000_000:
            raise ValueError(gettext("%(price)s is no price") % {"price": price})
        yield (kind, plan, row["date"]), Decimal(price)
    if rooms is not None:
        if not 0 <= rooms <= 10_000:
            raise ValueError(gettext("%(rooms)s is no number of rooms") % {"rooms": rooms})
        yield (kind, None, row["date"]), Decimal(rooms)
