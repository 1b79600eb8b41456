"""How early people book, and how long they stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.types import (
    ColumnKind,
    Drill,
    DrillBy,
    Period,
    ReportColumn,
    ReportResult,
    ReportRow,
    ReportSeries,
    ReportTable,
    Scope,
    SeriesPoint,
)

from .building import SOLD_STATUS_VALUES, TEXT, count, decimal, percent, quotient, share, sql_rows
from .daily import COUNTED, SOLD
from .narrowing import ONLY, Only
from .stays import LEAD, NIGHTS

LEAD_BUCKETS = (0, 1, 2, 4, 8, 15, 31, 61, 91, 181, 366)
"""The first day of each part: on the day itself, the day before, 2 to 3 days before, and so on."""
LENGTH_BUCKETS = (1, 2, 3, 4, 5, 6, 7, 8, 15, 30)

COLUMNS = (
    count("bookings", _("Bookings")),
    percent("share", _("Share of bookings")),
    count("nights", _("Room nights")),
    count("fell_through", _("Cancelled or no-show")),
    percent("fell_through_rate", _("Of these cancelled or no-show")),
    decimal("mean", _("Mean")),
    decimal("median", _("Median")),
)


def _statement(measure: str, stayed: bool) -> str:
    return f"""
SELECT width_bucket(measure, %(buckets)s::int[]) AS part, GROUPING(width_bucket(measure, %(buckets)s::int[])) AS is_all,
       count(*) AS bookings, sum(nights) AS nights, count(*) FILTER (WHERE is_off) AS fell_through,
       sum(measure) AS measured, percentile_cont(0.5) WITHIN GROUP (ORDER BY measure) AS median
  FROM (SELECT {measure} AS measure, {NIGHTS} * booking.rooms AS nights,
               booking.status IN ('cancelled', 'no_show') AS is_off
          FROM inventory_property property
          JOIN bookings_booking booking ON booking.property_id = property.id
         WHERE property.id = ANY(%(properties)s::bigint[])
           AND booking.arrival >= %(start)s AND booking.arrival < %(end)s
           AND {ONLY} AND {f"booking.status IN ({SOLD})" if stayed else COUNTED}) measured
 GROUP BY GROUPING SETS ((1), ())
 ORDER BY 2, 1
"""  # noqa: S608 - made of our own names


def lead_time(
    *,
    scope: Scope,
    period: Period,
    at: datetime,
    which: str = "all",
    room_type: int = 0,
    rate_plan: int = 0,
    channel: str = "",
) -> ReportResult:
    """How many days before the arrival bookings were made, of those that arrive in the period. One query.

    Lead time = day of arrival - day of the booking in the property's calendar, at least 0. Mean and median are of the
    bookings themselves, not of the parts. ``which``: all that were confirmed once, or only stays. Source: "lead time"
    in Antonio, Almeida and Nunes, Data in Brief 22 (2019); STR calls it booking window.
    """
    del at
    only = Only(room_type, rate_plan, channel)
    return _distribution(
        "lead_time", LEAD, LEAD_BUCKETS, ("lead_from", "lead_to"), scope, period, which, only
    )


def length_of_stay(
    *,
    scope: Scope,
    period: Period,
    at: datetime,
    which: str = "all",
    room_type: int = 0,
    rate_plan: int = 0,
    channel: str = "",
) -> ReportResult:
    """How many nights bookings are for, of those that arrive in the period. One query.

    Length of stay = departure - arrival in nights, whatever the number of rooms. Average length of stay (mean) = nights
    / bookings. Source: USALI, 11th revised edition (average length of stay).
    """
    del at
    only = Only(room_type, rate_plan, channel)
    return _distribution(
        "length_of_stay", NIGHTS, LENGTH_BUCKETS, ("nights_from", "nights_to"), scope, period, which, only
    )


def _distribution(
    report: str,
    measure: str,
    buckets: tuple[int, ...],
    limits: tuple[str, str],
    scope: Scope,
    period: Period,
    which: str,
    only: Only,
) -> ReportResult:
    stayed = which == "stayed"
    found = sql_rows(
        _statement(measure, stayed),
        {
            "properties": list(scope.property_ids),
            "start": period.start,
            "end": period.end,
            "buckets": list(buckets),
            **only.parameters(),
        },
    )
    everything = next(row for row in found if row["is_all"])
    parts = {row["part"]: row for row in found if not row["is_all"]}

    def drill(**more: Any) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.ARRIVAL,
            period.start,
            period.end,
            statuses=SOLD_STATUS_VALUES if stayed else (),
            **only.drilled(),
            **more,
        )

    rows = []
    for part, first in enumerate(buckets, start=1):
        last = buckets[part] - 1 if part < len(buckets) else None
        label = f"{first}" if last == first else f"{first}–{last}" if last is not None else f"{first}+"
        more: dict[str, Any] = dict(zip(limits, (first, last), strict=True))
        rows.append(
            ReportRow(
                str(first),
                {"bucket": label, **_cells(parts.get(part, NOTHING), everything)},
                drill=drill(**more),
            )
        )
    total = ReportRow("total", {"bucket": "", **_cells(everything, everything)}, drill=drill())
    points = tuple(SeriesPoint(str(row.cells["bucket"]), row.cells["bookings"]) for row in rows)  # type: ignore[arg-type]
    return ReportResult(
        report=report,
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", _LABELS[report], TEXT), *COLUMNS), tuple(rows), (total,)),
        series=(ReportSeries("bookings", _("Bookings"), ColumnKind.INTEGER, points, chart="bar"),),
        options={"which": which, **only.parameters()},
    )


_LABELS = {"lead_time": _("Days before arrival"), "length_of_stay": _("Nights")}
NOTHING: dict[str, Any] = {"bookings": 0, "nights": 0, "fell_through": 0, "measured": None, "median": None}


def _cells(row: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    return {
        "bookings": row["bookings"],
        "share": share(row["bookings"], everything["bookings"]),
        "nights": int(row["nights"] or 0),
        "fell_through": row["fell_through"],
        "fell_through_rate": share(row["fell_through"], row["bookings"]),
        "mean": quotient(row["measured"], row["bookings"]),
        "median": None if row["median"] is None else quotient(int(row["median"] * 2), 2),
    }
