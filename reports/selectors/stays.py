"""Bookings as they were made: how many, for how long, at what price, how early, and how many fell through.

One statement tells the figures of groups of bookings; the reports differ in what they group by and what they show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import round_money
from reports.types import Drill, DrillBy, Period, ReportColumn, ReportResult, ReportRow, ReportTable, Scope

from .building import (
    BUCKETS,
    STATUS_NAMES,
    TEXT,
    add_up,
    bucket_cell,
    bucket_days,
    buckets_of,
    count,
    decimal,
    money,
    money_per,
    percent,
    quotient,
    series_of,
    share,
    sql_rows,
)
from .daily import COUNTED, SOLD
from .narrowing import ONLY, Only
from .onbooks import BOOKED_AT
from .revenue import DIMENSIONS

BOOKED_ON = f"({BOOKED_AT} AT TIME ZONE property.time_zone)::date"
LEAD = f"GREATEST(booking.arrival - {BOOKED_ON}, 0)"
NIGHTS = "(booking.departure - booking.arrival)"
NET = "(booking.room_total - booking.tax_included)"

DAYS = {
    "arrival": ("booking.arrival", DrillBy.ARRIVAL, _("Arrival")),
    "departure": ("booking.departure", DrillBy.DEPARTURE, _("Departure")),
    "booked": (BOOKED_ON, DrillBy.BOOKED, _("Booked on")),
}
"""Which day of a booking decides whether it belongs to the period."""

_NARROWED = {
    "booking.arrival": "booking.arrival >= %(start)s AND booking.arrival < %(end)s",
    "booking.departure": (
        "booking.departure >= %(start)s AND booking.departure < %(end)s AND booking.arrival < %(end)s"
    ),
    BOOKED_ON: (
        f"{BOOKED_ON} >= %(start)s AND {BOOKED_ON} < %(end)s AND {BOOKED_AT} >= %(start)s::date - 1"
        f" AND {BOOKED_AT} < %(end)s::date + 1"
    ),
}

SUMS = (
    "bookings", "stays", "nights", "stay_nights", "rooms", "guests", "revenue", "total", "lead", "length",
    "cancelled", "no_shows", "lost_nights", "lost_revenue", "fees",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grouping:
    """What bookings are put together by."""

    key: str
    column: ReportColumn
    name: str = "NULL::text"
    join: str = ""
    label: Callable[[Any], Any] = str
    drilled: Callable[[Any], dict[str, Any]] = lambda _key: {}
    is_time: bool = False


def _groupings() -> dict[str, Grouping]:
    found = {
        "status": Grouping(
            "booking.status",
            ReportColumn("bucket", _("Status"), TEXT),
            label=lambda code: STATUS_NAMES.get(code, code),
            drilled=lambda code: {"statuses": (code,)},
        ),
        "property": Grouping(
            "property.id",
            ReportColumn("bucket", _("Property"), TEXT),
            name="property.name",
            drilled=lambda key: {"property_ids": (key,)},
        ),
    }
    for key, what in DIMENSIONS.items():
        found[key] = Grouping(
            f"booking.{what.column}",
            ReportColumn("bucket", what.label, TEXT),
            name="named.name" if what.names else "NULL::text",
            join=f"JOIN {what.names} named ON named.id = booking.{what.column}" if what.names else "",
            label=what.label_of,
            drilled=what.drilled,
        )
    return found


GROUPINGS = _groupings()


def grouping_of(by: str, day: str) -> Grouping:
    """What to put bookings together by; parts of the period by the day that counts."""
    if by in BUCKETS:
        expression, column = BUCKETS[by]
        return Grouping(expression.format(date=day), column, is_time=True)
    return GROUPINGS[by]


def _statement(grouping: Grouping, day: str) -> str:
    is_sold = f"FILTER (WHERE booking.status IN ({SOLD}))"
    is_off = "FILTER (WHERE booking.status IN ('cancelled', 'no_show'))"
    return f"""
SELECT {grouping.key} AS bucket, {grouping.name} AS name, booking.currency, count(*) AS bookings,
       count(*) {is_sold} AS stays,
       sum({NIGHTS} * booking.rooms) AS nights,
       COALESCE(sum({NIGHTS} * booking.rooms) {is_sold}, 0) AS stay_nights,
       sum(booking.rooms) AS rooms,
       sum(booking.adults + cardinality(booking.children_ages)) AS guests,
       COALESCE(sum({NET}) {is_sold}, 0) AS revenue,
       COALESCE(sum(booking.total) {is_sold}, 0) AS total,
       sum({LEAD}) AS lead,
       sum({NIGHTS}) AS length,
       count(*) FILTER (WHERE booking.status = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE booking.status = 'no_show') AS no_shows,
       COALESCE(sum({NIGHTS} * booking.rooms) {is_off}, 0) AS lost_nights,
       COALESCE(sum({NET}) {is_off}, 0) AS lost_revenue,
       COALESCE(sum(booking.cancellation_fee) {is_off}, 0) AS fees
  FROM inventory_property property
  JOIN bookings_booking booking ON booking.property_id = property.id
  {grouping.join}
 WHERE property.id = ANY(%(properties)s::bigint[]) AND {COUNTED} AND {_NARROWED[day]}
   AND {ONLY}
 GROUP BY 1, 2, 3
 ORDER BY {"1, 3" if grouping.is_time else "3, 4 DESC, 1"}
"""  # noqa: S608 - made of our own names


BOOKING_COLUMNS = (
    count("bookings", _("Bookings")),
    count("cancelled", _("Cancelled")),
    count("no_shows", _("No-shows")),
    count("stays", _("Stays")),
    count("stay_nights", _("Room nights")),
    money("revenue", _("Room revenue")),
    money("adr", _("ADR")),
    money("average", _("Average per stay")),
    decimal("alos", _("Average length of stay")),
    decimal("lead_mean", _("Average lead time in days")),
)
LOSS_COLUMNS = (
    count("bookings", _("Bookings")),
    count("cancelled", _("Cancelled")),
    percent("cancellation_rate", _("Cancellation rate")),
    count("no_shows", _("No-shows")),
    percent("no_show_rate", _("No-show rate")),
    count("lost_nights", _("Room nights lost")),
    money("lost_revenue", _("Room revenue lost")),
    money("fees", _("Fees kept")),
    money("cost", _("Lost in the end")),
)


def bookings(
    *,
    scope: Scope,
    period: Period,
    at: datetime,
    by: str = "status",
    day: str = "arrival",
    room_type: int = 0,
    rate_plan: int = 0,
    channel: str = "",
) -> ReportResult:
    """How many bookings, what they came to, how long and how early. One query.

    Bookings: all that were confirmed once and whose ``day`` (arrival, departure, or the day they were booked) lies in
    the period, whatever became of them; holds that were never confirmed do not count. Stays: those neither cancelled
    nor no-shows. Room revenue, room nights, ADR (room revenue / room nights) and the average per stay (total with
    taxes / stays) are of stays; average length (nights / bookings) and lead time (arrival - day booked, at least 0,
    in days of the property's calendar) are of all bookings. Source: USALI, 11th revised edition (ADR, average length of
    stay); lead time as in Antonio, Almeida and Nunes, Data in Brief 22 (2019).
    """
    del at
    only = Only(room_type, rate_plan, channel)
    return _result("bookings", scope, period, by, day, BOOKING_COLUMNS, _booking_cells, {}, only)


def _booking_cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "bookings": int(row["bookings"]),
        "cancelled": int(row["cancelled"]),
        "no_shows": int(row["no_shows"]),
        "stays": int(row["stays"]),
        "stay_nights": int(row["stay_nights"]),
        "revenue": round_money(row["revenue"], currency),
        "adr": money_per(row["revenue"], row["stay_nights"], currency),
        "average": money_per(row["total"], row["stays"], currency),
        "alos": quotient(row["length"], row["bookings"]),
        "lead_mean": quotient(row["lead"], row["bookings"]),
    }


def cancellations(
    *,
    scope: Scope,
    period: Period,
    at: datetime,
    by: str = "month",
    day: str = "arrival",
    room_type: int = 0,
    rate_plan: int = 0,
    channel: str = "",
) -> ReportResult:
    """Cancellations and no-shows, and what they cost. One query.

    Cancellation rate = cancelled / bookings × 100; no-show rate = no-shows / bookings × 100; bookings as in the report
    on bookings, by their day of arrival or the day they were booked. Room nights and room revenue lost: what the
    bookings that fell through would have come to, without taxes; whether the rooms were sold again is not looked at.
    Fees kept: what the terms let the house keep. Lost in the end = room revenue lost - fees kept. Source: definitions
    of cancellation and no-show percentage in USALI, 11th revised edition.
    """
    del at
    drilled = {"statuses": ("cancelled", "no_show")}
    only = Only(room_type, rate_plan, channel)
    return _result("cancellations", scope, period, by, day, LOSS_COLUMNS, _loss_cells, drilled, only)


def _loss_cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
    lost, fees = round_money(row["lost_revenue"], currency), round_money(row["fees"], currency)
    return {
        "bookings": int(row["bookings"]),
        "cancelled": int(row["cancelled"]),
        "cancellation_rate": share(row["cancelled"], row["bookings"]),
        "no_shows": int(row["no_shows"]),
        "no_show_rate": share(row["no_shows"], row["bookings"]),
        "lost_nights": int(row["lost_nights"]),
        "lost_revenue": lost,
        "fees": fees,
        "cost": lost - fees,
    }


def _result(
    report: str,
    scope: Scope,
    period: Period,
    by: str,
    day: str,
    columns: tuple[ReportColumn, ...],
    cells: Callable[[dict[str, Any], str], dict[str, Any]],
    drilled: dict[str, Any],
    only: Only,
) -> ReportResult:
    expression, drill_by, _label = DAYS[day]
    grouping = grouping_of(by, expression)
    parameters = {
        "properties": list(scope.property_ids),
        "start": period.start,
        "end": period.end,
        **only.parameters(),
    }
    found = sql_rows(_statement(grouping, expression), parameters)
    places = {start: place for place, start in enumerate(buckets_of(period, by))} if grouping.is_time else {}

    def drill(currency: str, start: date, end: date, **more: Any) -> Drill:
        asked = {"property_ids": scope.property_ids, **drilled, **only.drilled(), **more}
        return Drill(by=drill_by, start=start, end=end, currency=currency, **asked)

    def row_of(row: dict[str, Any]) -> ReportRow:
        bucket, currency = row["bucket"], row["currency"]
        if grouping.is_time:
            key, label, days = str(places[bucket]), bucket_cell(bucket, by), bucket_days(bucket, by, period)
            behind = drill(currency, *days)
        else:
            key, label = str(bucket), row["name"] or grouping.label(bucket)
            behind = drill(currency, period.start, period.end, **grouping.drilled(bucket))
        return ReportRow(f"{key}:{currency}", {"bucket": label, **cells(row, currency)}, currency, behind)

    rows = tuple(row_of(row) for row in found)
    totals = tuple(
        ReportRow(
            "total",
            {"bucket": "", **cells(total, currency)},
            currency,
            drill(currency, period.start, period.end),
        )
        for currency, total in add_up(found, SUMS).items()
    )
    return ReportResult(
        report=report,
        scope=scope,
        period=period,
        table=ReportTable((grouping.column, *columns), rows, totals),
        series=series_of(rows, columns[:3] if report == "bookings" else (columns[2], columns[4])),
        options={"by": by, "day": day, **only.parameters()},
    )
