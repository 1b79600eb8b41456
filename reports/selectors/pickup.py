"""How business comes in: what was booked of late, and how far it is against last year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.money import round_money
from reports.types import (
    DAYS_A_YEAR_OF_WEEKS,
    Comparison,
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
    add_up,
    bucket_cell,
    bucket_days,
    bucket_of,
    buckets_of,
    change,
    count,
    money,
    money_per,
    percent,
    series_of,
)
from .onbooks import Books, Nights, on_the_books

PICKUP_SUMS = ("sold", "pickup", "pickup_revenue", "pickup_last_year", "pickup_revenue_last_year")
PICKUP_COLUMNS = (
    count("sold", _("On the books")),
    count("pickup", _("Picked up")),
    money("pickup_revenue", _("Revenue picked up")),
    money("pickup_adr", _("ADR picked up")),
    count("pickup_last_year", _("Picked up last year")),
    money("pickup_revenue_last_year", _("Revenue picked up last year")),
    percent("change", _("Change")),
)
PACE_SUMS = ("sold", "revenue", "sold_last_year", "revenue_last_year", "final_last_year")
PACE_COLUMNS = (
    count("sold", _("On the books")),
    money("revenue", _("Room revenue")),
    money("adr", _("ADR")),
    count("sold_last_year", _("Same time last year")),
    money("revenue_last_year", _("Room revenue then")),
    count("final_last_year", _("Last year in the end")),
    count("difference", _("Difference")),
    percent("change", _("Change")),
)


def year_earlier(period: Period, at: datetime, align: str) -> tuple[Period, datetime]:
    """The nights of last year that a period is compared with, and the instant as long before them.

    By ``weekdays`` everything is 364 days earlier; by ``dates`` the same dates, the instant as many days before the
    first night as now.
    """
    if align == "weekdays":
        return period.moved(-DAYS_A_YEAR_OF_WEEKS), at - timedelta(days=DAYS_A_YEAR_OF_WEEKS)
    before = period.compared(Comparison.LAST_YEAR_DATES)
    return before, at - (period.start - before.start)


def pickup(
    *, scope: Scope, period: Period, at: datetime, days: int = 7, by: str = "day", align: str = "weekdays"
) -> ReportResult:
    """What the last ``days`` days changed on the books for the nights of the period, and the same last year. One query.

    Pick-up = on the books now - on the books ``days`` days ago: new bookings less what was cancelled since, so it may
    be negative. Revenue is room revenue without taxes. Last year: the same difference for the nights and the instants
    a year earlier. Change % = (pick-up - pick-up last year) / pick-up last year × 100. Source: HSMAI and USALI usage of
    "pick-up"; what is on the books is told by `onbooks.on_the_books`.
    """
    ago = timedelta(days=days)
    last_period, last_at = year_earlier(period, at, align)
    now, before, last_now, last_before = on_the_books(
        property_ids=scope.property_ids,
        questions=[
            Books(period, at),
            Books(period, at - ago),
            Books(last_period, last_at),
            Books(last_period, last_at - ago),
        ],
    )
    rows = _rows(
        period, by, last_period, {"now": now, "before": before}, {"now": last_now, "before": last_before}
    )
    found = [
        {
            "bucket": row["bucket"],
            "currency": row["currency"],
            "sold": row["now"][0],
            "pickup": row["now"][0] - row["before"][0],
            "pickup_revenue": row["now"][1] - row["before"][1],
            "pickup_last_year": row["last_now"][0] - row["last_before"][0],
            "pickup_revenue_last_year": row["last_now"][1] - row["last_before"][1],
        }
        for row in rows
    ]

    def drill(currency: str, nights: Period) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.STAY,
            nights.start,
            nights.end,
            currency=currency,
            booked_from=(at - ago).date(),
        )

    return _result("pickup", scope, period, by, found, PICKUP_SUMS, PICKUP_COLUMNS, _pickup_cells, drill)


def _pickup_cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "sold": row["sold"],
        "pickup": row["pickup"],
        "pickup_revenue": round_money(row["pickup_revenue"], currency),
        "pickup_adr": money_per(row["pickup_revenue"], row["pickup"], currency)
        if row["pickup"] > 0
        else None,
        "pickup_last_year": row["pickup_last_year"],
        "pickup_revenue_last_year": round_money(row["pickup_revenue_last_year"], currency),
        "change": change(row["pickup"], row["pickup_last_year"]) if row["pickup_last_year"] > 0 else None,
    }


def pace(
    *, scope: Scope, period: Period, at: datetime, by: str = "day", align: str = "weekdays"
) -> ReportResult:
    """What is on the books for the nights of the period, and what was as long before them last year. One query.

    Same time last year: on the books at the instant a year earlier for the nights a year earlier, so that the lead is
    the same. Last year in the end: what those nights came to as the books stand now. Difference = on the books - same
    time last year; change in percent of that. Source: HSMAI and USALI usage of "pace" (booking curve).
    """
    last_period, last_at = year_earlier(period, at, align)
    now, last_now, last_final = on_the_books(
        property_ids=scope.property_ids,
        questions=[Books(period, at), Books(last_period, last_at), Books(last_period, at)],
    )
    rows = _rows(period, by, last_period, {"now": now}, {"now": last_now, "final": last_final})
    found = [
        {
            "bucket": row["bucket"],
            "currency": row["currency"],
            "sold": row["now"][0],
            "revenue": row["now"][1],
            "sold_last_year": row["last_now"][0],
            "revenue_last_year": row["last_now"][1],
            "final_last_year": row["last_final"][0],
        }
        for row in rows
    ]

    def drill(currency: str, nights: Period) -> Drill:
        return Drill(
            scope.property_ids,
            DrillBy.STAY,
            nights.start,
            nights.end,
            currency=currency,
            statuses=("confirmed", "checked_in", "checked_out"),
        )

    return _result("pace", scope, period, by, found, PACE_SUMS, PACE_COLUMNS, _pace_cells, drill)


def _pace_cells(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "sold": row["sold"],
        "revenue": round_money(row["revenue"], currency),
        "adr": money_per(row["revenue"], row["sold"], currency),
        "sold_last_year": row["sold_last_year"],
        "revenue_last_year": round_money(row["revenue_last_year"], currency),
        "final_last_year": row["final_last_year"],
        "difference": row["sold"] - row["sold_last_year"],
        "change": change(row["sold"], row["sold_last_year"]),
    }


def _rows(
    period: Period, by: str, last_period: Period, this_year: dict[str, Nights], last_year: dict[str, Nights]
) -> list[dict[str, Any]]:
    """Nights added up to the parts of the period; those of last year by their place in theirs."""
    shift = period.start - last_period.start
    answers = [
        *((name, nights, timedelta()) for name, nights in this_year.items()),
        *((f"last_{name}", nights, shift) for name, nights in last_year.items()),
    ]
    currencies = sorted({currency for _name, nights, _shift in answers for _night, currency in nights})
    nothing = {name: (0, Decimal(0)) for name, _nights, _shift in answers}
    rows: dict[tuple[date, str], dict[str, Any]] = {
        (bucket, currency): {"bucket": bucket, "currency": currency, **nothing}
        for currency in currencies
        for bucket in buckets_of(period, by)
    }
    for name, nights, moved in answers:
        for (night, currency), (sold, revenue) in nights.items():
            row = rows[bucket_of(min(night + moved, period.last), by), currency]
            row[name] = (row[name][0] + sold, row[name][1] + revenue)
    return list(rows.values())


def _result(
    report: str,
    scope: Scope,
    period: Period,
    by: str,
    found: list[dict[str, Any]],
    sums: Iterable[str],
    columns: tuple[ReportColumn, ...],
    cells: Any,
    drill: Any,
) -> ReportResult:
    places = {start: place for place, start in enumerate(buckets_of(period, by))}

    def row_of(row: dict[str, Any]) -> ReportRow:
        bucket: date = row["bucket"]
        nights = Period(*bucket_days(bucket, by, period))
        return ReportRow(
            f"{places[bucket]}:{row['currency']}",
            {"bucket": bucket_cell(bucket, by), **cells(row, row["currency"])},
            row["currency"],
            drill(row["currency"], nights),
        )

    rows = tuple(row_of(row) for row in found)
    totals = tuple(
        ReportRow("total", {"bucket": "", **cells(total, currency)}, currency, drill(currency, period))
        for currency, total in add_up(found, tuple(sums)).items()
    )
    counts = [column for column in columns if column.kind.value == "int"][:3]
    return ReportResult(
        report=report,
        scope=scope,
        period=period,
        table=ReportTable((BUCKETS[by][1], *columns), rows, totals),
        series=series_of(rows, counts, chart="line"),
        options={"by": by},
    )
