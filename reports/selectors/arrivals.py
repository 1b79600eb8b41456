"""Who comes and goes on each day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.types import Drill, DrillBy, Period, ReportColumn, ReportResult, ReportRow, ReportTable, Scope

from .building import DATE, SOLD_STATUS_VALUES, count, series_of, sql_rows

COLUMNS = (
    count("stays", _("Bookings arriving")),
    count("arrivals", _("Rooms arriving")),
    count("departures", _("Rooms departing")),
    count("stayovers", _("Rooms staying on")),
    count("sold", _("Rooms occupied")),
    count("guests", _("Guests in the house")),
    count("no_shows", _("No-shows")),
    count("cancellations", _("Cancelled")),
)
NAMES = tuple(column.key for column in COLUMNS)

STATEMENT = """
SELECT date, sum(bookings - cancellations - no_shows) AS stays, sum(arrivals) AS arrivals,
       sum(departures) AS departures, sum(sold - arrivals) AS stayovers, sum(sold) AS sold, sum(guests) AS guests,
       sum(no_shows) AS no_shows, sum(cancellations) AS cancellations
  FROM reports_dailystat
 WHERE property_id = ANY(%(properties)s::bigint[]) AND date >= %(start)s AND date < %(end)s
 GROUP BY date
"""


def arrivals(*, scope: Scope, period: Period, at: datetime) -> ReportResult:
    """Arrivals, departures and who is in the house, day by day. One query.

    Rooms occupied = rooms sold for the night of the day; rooms staying on = rooms occupied - rooms arriving. Guests are
    adults and children. Days without a booking show zeros: nothing was counted, which is a figure. Cancelled and
    no-shows count on the day of arrival that was planned. Source: USALI, 11th revised edition (rooms occupied).
    """
    del at
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    found = {row["date"]: row for row in sql_rows(STATEMENT, parameters)}

    def row_of(day: date) -> ReportRow:
        figures: dict[str, Any] = found.get(day) or dict.fromkeys(NAMES, 0)
        return ReportRow(
            str((day - period.start).days),
            {"bucket": day, **{name: int(figures[name]) for name in NAMES}},
            drill=_drill(scope, day, day + timedelta(days=1)),
        )

    rows = tuple(row_of(day) for day in period.dates())
    sums: dict[str, Any] = {name: sum(int(row[name]) for row in found.values()) for name in NAMES}
    total = ReportRow("total", {"bucket": "", **sums}, drill=_drill(scope, period.start, period.end))
    return ReportResult(
        report="arrivals",
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", _("Day"), DATE), *COLUMNS), rows, (total,)),
        series=series_of(rows, (COLUMNS[1], COLUMNS[2]), chart="bar"),
    )


def _drill(scope: Scope, start: date, end: date) -> Drill:
    return Drill(scope.property_ids, DrillBy.ARRIVAL, start, end, statuses=SOLD_STATUS_VALUES)
