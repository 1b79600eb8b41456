"""How full the house was, and what a room earned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import round_money
from reports.types import (
    Drill,
    DrillBy,
    Period,
    ReportColumn,
    ReportResult,
    ReportRow,
    ReportTable,
    Scope,
)

from .building import (
    BUCKETS,
    SOLD_STATUS_VALUES,
    TEXT,
    add_up,
    bucket_cell,
    bucket_days,
    buckets_of,
    count,
    money,
    money_per,
    percent,
    series_of,
    share,
    sql_rows,
)

SUMS = ("rooms", "blocked", "available", "sold", "guests", "revenue")

_KINDS = {
    **{by: (expression, "NULL::text", column) for by, (expression, column) in BUCKETS.items()},
    "room_type": ("room_type.id", "room_type.name", ReportColumn("bucket", _("Room type"), TEXT)),
    "property": ("property.id", "property.name", ReportColumn("bucket", _("Property"), TEXT)),
}

COLUMNS = (
    count("rooms", _("Room nights")),
    count("blocked", _("Out of order")),
    count("available", _("Available")),
    count("sold", _("Sold")),
    count("guests", _("Guest nights")),
    percent("occupancy", _("Occupancy")),
    money("revenue", _("Room revenue")),
    money("adr", _("ADR")),
    money("revpar", _("RevPAR")),
)


def _statement(by: str) -> str:
    expression, name, _column = _KINDS[by]
    return f"""
WITH upgraded AS (
    SELECT block.room_type_id, block.start + night AS date, sum(block.rooms) AS rooms
      FROM inventory_inventoryblock block
      JOIN inventory_roomtype room_type ON room_type.id = block.room_type_id
     CROSS JOIN LATERAL generate_series(0, block."end" - block.start - 1) AS night
     WHERE block.kind = 'upgrade' AND room_type.property_id = ANY(%(properties)s::bigint[])
       AND block.start < %(end)s AND block."end" > %(start)s
     GROUP BY 1, 2
)
SELECT bucket, name, currency, sum(rooms) AS rooms, sum(blocked) AS blocked, sum(rooms) - sum(blocked) AS available,
       sum(sold) AS sold, sum(guests) AS guests, sum(revenue) AS revenue
  FROM (
    SELECT {expression.format(date="night.date")} AS bucket, {name} AS name, property.currency,
           sum(night.total) AS rooms, sum(night.blocked - COALESCE(upgraded.rooms, 0)) AS blocked,
           0 AS sold, 0 AS guests, 0::numeric AS revenue
      FROM inventory_property property
      JOIN inventory_roomtype room_type ON room_type.property_id = property.id
      JOIN inventory_roominventory night ON night.room_type_id = room_type.id
      LEFT JOIN upgraded ON upgraded.room_type_id = night.room_type_id AND upgraded.date = night.date
     WHERE property.id = ANY(%(properties)s::bigint[]) AND night.date >= %(start)s AND night.date < %(end)s
       AND (%(room_type)s::bigint = 0 OR room_type.id = %(room_type)s::bigint)
     GROUP BY 1, 2, 3
    UNION ALL
    SELECT {expression.format(date="stat.date")}, {name}, stat.currency,
           0, 0, sum(stat.sold), sum(stat.guests), sum(stat.revenue)
      FROM reports_dailystat stat
      JOIN inventory_property property ON property.id = stat.property_id
      JOIN inventory_roomtype room_type ON room_type.id = stat.room_type_id
     WHERE stat.property_id = ANY(%(properties)s::bigint[]) AND stat.date >= %(start)s AND stat.date < %(end)s
       AND (%(room_type)s::bigint = 0 OR room_type.id = %(room_type)s::bigint)
     GROUP BY 1, 2, 3) figures
 GROUP BY bucket, name, currency
HAVING sum(rooms) > 0 OR sum(sold) > 0
 ORDER BY bucket, currency
"""  # noqa: S608 - made of our own names


def occupancy(
    *, scope: Scope, period: Period, at: datetime, by: str = "day", room_type: int = 0
) -> ReportResult:
    """Occupancy, ADR and RevPAR by day, week, month, room type or property. One query.

    Available = room nights in the inventory less those out of order, blocked by staff or sold by an outside calendar.
    Occupancy % = sold / available × 100. ADR = room revenue / sold. RevPAR = room revenue / available, which is
    occupancy × ADR. Room revenue is that of the rooms alone, without taxes. Sources: USALI, 11th revised edition, part
    III (statistics, rooms); STR, "A guide to our terminology and definitions" (supply, demand, revenue). Rooms let at
    no charge count as sold, because a booking does not say whether it is complimentary. A room that is blocked in its
    own type only because a guest of another type sleeps in it stays available. Where nothing is available or sold
    there is no figure. Rooms count in their house's currency, revenue in the booking's.
    """
    del at
    parameters = {
        "properties": list(scope.property_ids),
        "start": period.start,
        "end": period.end,
        "room_type": room_type,
    }
    found = sql_rows(_statement(by), parameters)
    places = {start: place for place, start in enumerate(buckets_of(period, by))} if by in BUCKETS else {}
    rows = tuple(_row(row, by, scope, period, places, room_type) for row in found)
    totals = tuple(
        ReportRow(
            "total",
            _cells(sums, currency) | {"bucket": ""},
            currency,
            _drill(scope, period, currency, room_type),
        )
        for currency, sums in add_up(found, SUMS).items()
    )
    return ReportResult(
        report="occupancy",
        scope=scope,
        period=period,
        table=ReportTable((_KINDS[by][2], *COLUMNS), rows, totals),
        series=series_of(
            rows, (COLUMNS[5], COLUMNS[7], COLUMNS[8]), chart="line" if by in BUCKETS else "bar"
        ),
        options={"by": by, "room_type": room_type},
    )


def _row(
    row: dict[str, Any], by: str, scope: Scope, period: Period, places: dict[date, int], only: int
) -> ReportRow:
    bucket, currency = row["bucket"], row["currency"]
    if by in BUCKETS:
        days = Period(*bucket_days(bucket, by, period))
        key, label = str(places[bucket]), bucket_cell(bucket, by)
        drill = _drill(scope, days, currency, only)
    elif by == "room_type":
        key, label = str(bucket), row["name"]
        drill = _drill(scope, period, currency, room_type_id=bucket)
    else:
        key, label = str(bucket), row["name"]
        drill = _drill(Scope((bucket,)), period, currency, only)
    return ReportRow(f"{key}:{currency}", {"bucket": label, **_cells(row, currency)}, currency, drill)


def _cells(sums: dict[str, Any], currency: str) -> dict[str, Any]:
    available, sold, revenue = int(sums["available"]), int(sums["sold"]), sums["revenue"]
    return {
        "rooms": int(sums["rooms"]),
        "blocked": int(sums["blocked"]),
        "available": available,
        "sold": sold,
        "guests": int(sums["guests"]),
        "occupancy": share(sold, available),
        "revenue": round_money(revenue, currency),
        "adr": money_per(revenue, sold, currency),
        "revpar": money_per(revenue, available, currency),
    }


def _drill(scope: Scope, days: Period, currency: str, room_type_id: int | None = None) -> Drill:
    return Drill(
        scope.property_ids,
        DrillBy.STAY,
        days.start,
        days.end,
        statuses=SOLD_STATUS_VALUES,
        currency=currency,
        room_type_id=room_type_id or None,
    )
