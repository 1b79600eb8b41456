"""What the nights to come will probably come to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.money import round_money
from reports.types import Drill, DrillBy, Period, ReportColumn, ReportResult, ReportRow, ReportTable, Scope

from .building import (
    DATE,
    SOLD_STATUS_VALUES,
    add_up,
    count,
    decimal,
    money,
    percent,
    series_of,
    share,
    sql_rows,
)
from .daily import COUNTED, NIGHT_NET
from .onbooks import BOOKED_AT

REFERENCE_WEEKS = 8
"""So many weeks before the day of the forecast say how much usually comes."""
BACKTEST_DAYS = 28
FINAL = -10_000
"""The lead of what a night came to in the end."""

HISTORY_SQL = f"""
SELECT night.date, booking.currency,
       night.date - ({BOOKED_AT} AT TIME ZONE property.time_zone)::date AS lead_in,
       CASE booking.status
            WHEN 'cancelled'
            THEN night.date - (COALESCE(booking.cancelled_at, {BOOKED_AT}) AT TIME ZONE property.time_zone)::date
            WHEN 'no_show' THEN night.date - booking.arrival - 1
       END AS lead_out,
       count(*) AS sold, sum({NIGHT_NET}) AS revenue
  FROM inventory_property property
 CROSS JOIN LATERAL (
       SELECT * FROM bookings_booking booking
        WHERE booking.property_id = property.id
          AND booking.arrival < %(end)s AND booking.departure > %(start)s AND {COUNTED}
       OFFSET 0) booking
 CROSS JOIN LATERAL (
       SELECT * FROM bookings_bookingnight night
        WHERE night.booking_id = booking.id AND night.date >= %(start)s AND night.date < %(end)s
       OFFSET 0) night
 WHERE property.id = ANY(%(properties)s::bigint[])
 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - made of our own names

ROOMS_SQL = """
SELECT property.currency, night.date, sum(night.total - night.blocked) AS available
  FROM inventory_property property
  JOIN inventory_roomtype room_type ON room_type.property_id = property.id
  JOIN inventory_roominventory night ON night.room_type_id = room_type.id
 WHERE property.id = ANY(%(properties)s::bigint[]) AND night.date >= %(start)s AND night.date < %(end)s
 GROUP BY 1, 2
"""

Amount = tuple[Decimal, Decimal]
"""Room nights and room revenue."""


class Curve:
    """How a night filled: what came on the books, and what left them, so many days before it."""

    def __init__(self, changes: Iterable[tuple[int, int, Decimal]] = ()) -> None:
        """Take (days before the night, room nights, revenue) of what came, and the same negative of what left."""
        ordered = sorted(changes, reverse=True, key=lambda change: change[0])
        self._leads = [-lead for lead, _sold, _revenue in ordered]
        self._sold = [0, *accumulate(sold for _lead, sold, _revenue in ordered)]
        self._revenue = [Decimal(0), *accumulate(revenue for _lead, _sold, revenue in ordered)]

    def at(self, lead: int) -> Amount:
        """Return what was on the books at the end of the day that is ``lead`` days before the night."""
        place = bisect_right(self._leads, -lead)
        return Decimal(self._sold[place]), self._revenue[place]


EMPTY = Curve()
History = Mapping[tuple[date, str], Curve]
"""The curve of each night and currency."""


def history_of(*, property_ids: Sequence[int], start: date, end: date) -> History:
    """How the nights ``[start, end)`` filled. One query."""
    changes: defaultdict[tuple[date, str], list[tuple[int, int, Decimal]]] = defaultdict(list)
    for row in sql_rows(HISTORY_SQL, {"properties": list(property_ids), "start": start, "end": end}):
        of_night = changes[row["date"], row["currency"]]
        of_night.append((row["lead_in"], row["sold"], row["revenue"]))
        if row["lead_out"] is not None:
            of_night.append((row["lead_out"], -row["sold"], -row["revenue"]))
    return {night: Curve(entries) for night, entries in changes.items()}


def night_forecast(*, history: History, night: date, currency: str, today: date) -> Amount:
    """On the books today, plus what nights of this weekday usually picked up from this far on."""
    lead = (night - today).days
    on_books = history.get((night, currency), EMPTY).at(lead if lead >= 0 else FINAL)
    if lead < 0:
        return on_books
    last = today - timedelta(days=1)
    last -= timedelta(days=(last.weekday() - night.weekday()) % 7)
    references = [last - timedelta(weeks=week) for week in range(REFERENCE_WEEKS)]
    sold, revenue = Decimal(0), Decimal(0)
    for reference in references:
        curve = history.get((reference, currency), EMPTY)
        final, then = curve.at(FINAL), curve.at(lead)
        sold += final[0] - then[0]
        revenue += final[1] - then[1]
    return (
        max(on_books[0] + sold / REFERENCE_WEEKS, Decimal(0)),
        max(on_books[1] + revenue / REFERENCE_WEEKS, Decimal(0)),
    )


def backtest(*, history: History, currency: str, today: date) -> tuple[Decimal, Decimal | None]:
    """How wrong the forecast made four weeks ago was for the nights since: mean room nights a night, and in percent.

    Mean absolute error = Σ|forecast - actual| / nights; weighted absolute percentage error = Σ|forecast - actual| /
    Σ actual × 100, None when nothing was sold.
    """
    origin = today - timedelta(days=BACKTEST_DAYS)
    error = actual = Decimal(0)
    for offset in range(BACKTEST_DAYS):
        night = origin + timedelta(days=offset)
        came, _revenue = history.get((night, currency), EMPTY).at(FINAL)
        foreseen, _amount = night_forecast(history=history, night=night, currency=currency, today=origin)
        error += abs(foreseen - came)
        actual += came
    return (error / BACKTEST_DAYS).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), share(error, actual)


def forecast(*, scope: Scope, period: Period, at: datetime) -> ReportResult:
    """Rooms, occupancy and room revenue of the nights to come: on the books plus expected pick-up. Two queries.

    Method: additive pick-up. Expected pick-up of a night that is L days away = the mean, over the same weekday of the
    last eight weeks, of what the night came to in the end - what it had on the books L days before. Forecast = on the
    books + expected pick-up, never below nothing nor above the rooms available; nights before today are what they came
    to. Revenue by the same method. The error of the forecast made four weeks ago for the nights since is told with it.
    Source: Weatherford and Kimes, "A comparison of forecasting methods for hotel revenue management", International
    Journal of Forecasting 19 (2003), 401-415 (additive, classical pick-up). Today is the day in UTC.
    """
    today = at.date()
    first = min(period.start, today - timedelta(days=BACKTEST_DAYS + 7 * (REFERENCE_WEEKS + 1)))
    history = history_of(property_ids=scope.property_ids, start=first, end=max(period.end, today))
    parameters = {"properties": list(scope.property_ids), "start": period.start, "end": period.end}
    rooms = {(row["date"], row["currency"]): int(row["available"]) for row in sql_rows(ROOMS_SQL, parameters)}
    currencies = sorted({currency for _night, currency in (*history, *rooms)})
    found = [
        _night(history, night, currency, today, rooms.get((night, currency), 0))
        for currency in currencies
        for night in period.dates()
    ]
    rows = tuple(
        _row(row, scope, Period(row["bucket"], row["bucket"] + timedelta(days=1)), period) for row in found
    )
    totals = tuple(
        _row({**total, "bucket": "", "currency": currency}, scope, period, period)
        for currency, total in add_up(found, SUMS).items()
    )
    errors = {currency: backtest(history=history, currency=currency, today=today) for currency in currencies}
    return ReportResult(
        report="forecast",
        scope=scope,
        period=period,
        table=ReportTable((ReportColumn("bucket", _("Day"), DATE), *COLUMNS), rows, totals),
        series=series_of(rows, (COLUMNS[1], COLUMNS[3]), chart="line"),
        notes=(METHOD, *(_error_note(*error) for error in errors.values())),
        options={
            "backtest": {currency: {"mae": mae, "wape": wape} for currency, (mae, wape) in errors.items()}
        },
    )


METHOD = _(
    "Forecast: on the books, plus what the same weekday of the last eight weeks picked up from the same lead on."
)
SUMS = ("available", "sold", "expected", "forecast", "revenue", "forecast_revenue")
COLUMNS = (
    count("available", _("Available")),
    count("sold", _("On the books")),
    decimal("expected", _("Expected pick-up")),
    decimal("forecast", _("Forecast")),
    percent("occupancy", _("Forecast occupancy")),
    money("revenue", _("Room revenue on the books")),
    money("forecast_revenue", _("Room revenue forecast")),
)


def _error_note(mae: Decimal, wape: Decimal | None) -> Any:
    if wape is None:
        return _("Nothing was sold in the last four weeks, so the forecast cannot be tested.")
    return format_lazy(
        _("Made four weeks ago, it would have been wrong by {rooms} rooms a night on average ({percent} %)."),
        rooms=mae,
        percent=wape.quantize(Decimal("0.1")),
    )


def _night(history: History, night: date, currency: str, today: date, available: int) -> dict[str, Any]:
    lead = (night - today).days
    sold, revenue = history.get((night, currency), EMPTY).at(lead if lead >= 0 else FINAL)
    expected, amount = night_forecast(history=history, night=night, currency=currency, today=today)
    if available and night >= today:
        expected = min(expected, max(Decimal(available), sold))
    return {
        "bucket": night,
        "currency": currency,
        "available": available,
        "sold": int(sold),
        "expected": expected - sold,
        "forecast": expected,
        "revenue": revenue,
        "forecast_revenue": amount,
    }


def _row(row: dict[str, Any], scope: Scope, nights: Period, period: Period) -> ReportRow:
    bucket, currency = row["bucket"], row["currency"]
    key = f"{(bucket - period.start).days}:{currency}" if bucket else "total"
    return ReportRow(
        key,
        {
            "bucket": bucket,
            "available": row["available"],
            "sold": row["sold"],
            "expected": Decimal(row["expected"]).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP),
            "forecast": Decimal(row["forecast"]).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP),
            "occupancy": share(row["forecast"], row["available"]),
            "revenue": round_money(row["revenue"], currency),
            "forecast_revenue": round_money(row["forecast_revenue"], currency),
        },
        currency,
        Drill(
            scope.property_ids,
            DrillBy.STAY,
            nights.start,
            nights.end,
            statuses=SOLD_STATUS_VALUES,
            currency=currency,
        ),
    )
