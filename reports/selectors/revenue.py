"""Where room revenue comes from: by room type, rate plan, channel, market segment and country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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
    Text,
)

from .building import (
    CHANNEL_NAMES,
    NOT_KNOWN,
    SOLD_STATUS_VALUES,
    TEXT,
    UNKNOWN,
    add_up,
    count,
    country_name,
    money,
    money_per,
    percent,
    segment_name,
    series_of,
    share,
    sql_rows,
)
from .daily import NIGHT_NET, SOLD
from .narrowing import ONLY, Only


@dataclass(frozen=True, slots=True)
class Dimension:
    """What revenue is divided by: the booking's column, what its values are called, and the drill they lead to."""

    column: str
    label: Text
    names: str = ""
    label_of: Callable[[str], Any] = str
    drill: str = ""

    def drilled(self, key: Any) -> dict[str, Any]:
        """What of a drill picks the bookings of one value."""
        return {self.drill: key if key not in ("", None) else UNKNOWN}


DIMENSIONS = {
    "room_type": Dimension("room_type_id", _("Room type"), "inventory_roomtype", drill="room_type_id"),
    "rate_plan": Dimension("rate_plan_id", _("Rate plan"), "inventory_rateplan", drill="rate_plan_id"),
    "channel": Dimension(
        "channel", _("Channel"), label_of=lambda code: CHANNEL_NAMES.get(code, code), drill="channel"
    ),
    "segment": Dimension("market_segment", _("Market segment"), label_of=segment_name, drill="segment"),
    "country": Dimension(
        "guest_country",
        _("Country"),
        label_of=lambda code: country_name(code) if code else NOT_KNOWN,
        drill="country",
    ),
}

SUMS = ("stays", "sold", "gross", "revenue")
COLUMNS = (
    count("stays", _("Stays")),
    count("sold", _("Room nights")),
    money("revenue", _("Room revenue")),
    percent("share", _("Share of revenue")),
    money("adr", _("ADR")),
    money("gross", _("With taxes")),
)


def _statement(dimension: Dimension) -> str:
    """Stays inside the period come to their totals; only of those that cross its ends the nights are looked at."""
    key, name, join = f"booking.{dimension.column}", "NULL::text", ""
    if dimension.names:
        name, join = "named.name", f"JOIN {dimension.names} named ON named.id = figures.key"
    ours = f"booking.property_id = ANY(%(properties)s::bigint[]) AND booking.status IN ({SOLD}) AND {ONLY}"
    crossing = f"""
    SELECT {key} AS key, booking.currency, 1 AS stays,
           (LEAST(booking.departure, %(end)s) - GREATEST(booking.arrival, %(start)s)) * booking.rooms AS sold,
           nights.gross, nights.revenue
      FROM bookings_booking booking
     CROSS JOIN LATERAL (
           SELECT sum(night.price) AS gross, sum({NIGHT_NET}) AS revenue
             FROM bookings_bookingnight night
            WHERE night.booking_id = booking.id AND night.date >= %(start)s AND night.date < %(end)s) nights
     WHERE {ours}"""  # noqa: S608 - made of our own names
    return f"""
SELECT figures.key, {name} AS name, currency, sum(stays) AS stays, sum(sold) AS sold,
       sum(gross) AS gross, sum(revenue) AS revenue
  FROM (
    SELECT {key} AS key, booking.currency, count(*) AS stays,
           sum((booking.departure - booking.arrival) * booking.rooms) AS sold,
           sum(booking.room_total) AS gross, sum(booking.room_total - booking.tax_included) AS revenue
      FROM bookings_booking booking
     WHERE {ours} AND booking.arrival >= %(start)s AND booking.arrival < %(end)s
       AND booking.departure <= %(end)s
     GROUP BY 1, 2
    UNION ALL {crossing}
       AND booking.arrival < %(start)s AND booking.departure > %(start)s
    UNION ALL {crossing}
       AND booking.arrival >= %(start)s AND booking.arrival < %(end)s AND booking.departure > %(end)s) figures
  {join}
 GROUP BY figures.key, name, currency
 ORDER BY currency, revenue DESC, figures.key
"""  # noqa: S608 - made of our own names


def revenue(
    *,
    scope: Scope,
    period: Period,
    at: datetime,
    dimension: str,
    room_type: int = 0,
    rate_plan: int = 0,
    channel: str = "",
) -> ReportResult:
    """Room revenue of the nights of the period by room type, rate plan, channel, segment or country. One query.

    Room revenue is the price of the nights as sold, after discounts, less the taxes that prices include; a stay across
    the ends of the period counts with its nights inside. ADR = room revenue / room nights sold. Share = room revenue /
    room revenue of all × 100. Source: USALI, 11th revised edition (rooms revenue, average daily rate). Cancelled
    bookings and no-shows earn fees, not room revenue; see the report on cancellations.
    """
    del at
    what = DIMENSIONS[dimension]
    only = Only(room_type, rate_plan, channel)
    parameters = {
        "properties": list(scope.property_ids),
        "start": period.start,
        "end": period.end,
        **only.parameters(),
    }
    found = sql_rows(_statement(what), parameters)
    sums = add_up(found, SUMS)

    def drill(currency: str, **more: Any) -> Drill:
        asked = {**only.drilled(), **more}
        return Drill(
            scope.property_ids, DrillBy.STAY, period.start, period.end, SOLD_STATUS_VALUES, currency, **asked
        )

    rows = tuple(
        ReportRow(
            f"{row['key']}:{row['currency']}",
            {"bucket": row["name"] or what.label_of(row["key"]), **_cells(row, row["currency"], sums)},
            row["currency"],
            drill(row["currency"], **what.drilled(row["key"])),
        )
        for row in found
    )
    totals = tuple(
        ReportRow("total", {"bucket": "", **_cells(total, currency, sums)}, currency, drill(currency))
        for currency, total in sums.items()
    )
    return ReportResult(
        report=f"revenue_{dimension}",
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", what.label, TEXT), *COLUMNS), rows, totals),
        series=series_of(rows, (COLUMNS[2],)),
        options=only.parameters(),
    )


def _cells(row: dict[str, Any], currency: str, sums: dict[str, dict[str, Any]]) -> dict[str, Any]:
    sold = int(row["sold"])
    return {
        "stays": int(row["stays"]),
        "sold": sold,
        "revenue": round_money(row["revenue"], currency),
        "share": share(row["revenue"], sums[currency]["revenue"]),
        "adr": money_per(row["revenue"], sold, currency),
        "gross": round_money(row["gross"], currency),
    }
