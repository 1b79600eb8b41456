"""What all reports are built with: rows of SQL, quotients that may have no figure, columns, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Literal, cast

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from bookings.models import BookingChannel
from bookings.transitions import BookingStatus
from core.dates import monday_of
from core.formats import active_locale
from core.money import round_money
from core.replicas.reading import read_connection
from reports.types import (
    Cell,
    ColumnKind,
    Figure,
    Period,
    ReportColumn,
    ReportRow,
    ReportSeries,
    SeriesPoint,
    Text,
)

RATIO_PLACES = Decimal("0.0001")
HUNDRED = Decimal(100)
UNKNOWN = "-"
"""Key of what is not known: a channel, segment or country that nobody stated."""

SOLD_STATUS_VALUES = ("confirmed", "checked_in", "checked_out")

DATE, MONEY, PERCENT, TEXT, DECIMAL = (
    ColumnKind.DATE,
    ColumnKind.MONEY,
    ColumnKind.PERCENT,
    ColumnKind.TEXT,
    ColumnKind.DECIMAL,
)
count = partial(ReportColumn, kind=ColumnKind.INTEGER)
money = partial(ReportColumn, kind=MONEY)
percent = partial(ReportColumn, kind=PERCENT)
decimal = partial(ReportColumn, kind=DECIMAL)


def sql_rows(statement: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a statement by column. One query."""
    with read_connection().cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def quotient(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """``part / whole`` with four digits; None, which is no figure, where there is nothing to divide by."""
    if not whole or part is None:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(RATIO_PLACES, rounding=ROUND_HALF_UP)


def share(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """``part`` in percent of ``whole`` with four digits; None where there is no whole."""
    return None if part is None else quotient(HUNDRED * part, whole)


def change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """By how many percent ``now`` is more than ``before``; None where there was nothing before."""
    return None if now is None or before is None else share(now - before, before)


def money_per(amount: Decimal | None, units: Decimal | int | None, currency: str) -> Decimal | None:
    """An amount for each unit, at the currency's digits; None without units."""
    if not units or amount is None:
        return None
    return round_money(Decimal(amount) / Decimal(units), currency)


def _country_name(code: str) -> str:
    return active_locale().territories.get(code, code)


country_name = lazy(_country_name, str)

CHANNEL_NAMES: dict[str, Text] = dict(BookingChannel.choices)
STATUS_NAMES: dict[str, Text] = dict(BookingStatus.choices)
NOT_KNOWN = _("not known")


def segment_name(code: str) -> Text:
    """A market segment for people: `online_ta` is "online ta"."""
    return code.replace("_", " ") if code else NOT_KNOWN


BUCKETS: dict[str, tuple[str, ReportColumn]] = {
    "day": ("{date}", ReportColumn("bucket", _("Day"), DATE)),
    "week": ("date_trunc('week', {date}::timestamp)::date", ReportColumn("bucket", _("Week from"), DATE)),
    "month": ("date_trunc('month', {date}::timestamp)::date", ReportColumn("bucket", _("Month"), TEXT)),
}
"""Parts of a period: how SQL makes one of a date, and how it is headed."""

PART_CHOICES: tuple[tuple[str, Text], ...] = (("day", _("Day")), ("week", _("Week")), ("month", _("Month")))


def bucket_of(day: date, by: str) -> date:
    """The first day of the day, week or month that a day lies in, as SQL has it."""
    if by == "week":
        return monday_of(day)
    return day.replace(day=1) if by == "month" else day


def buckets_of(period: Period, by: str) -> list[date]:
    """The parts of a period in order; the first may begin before it."""
    return list(dict.fromkeys(bucket_of(day, by) for day in period.dates()))


def bucket_days(start: date, by: str, period: Period) -> tuple[date, date]:
    """The days ``[start, end)`` of a part that lie in the period."""
    if by == "week":
        end = start + timedelta(days=7)
    elif by == "month":
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    else:
        end = start + timedelta(days=1)
    return max(start, period.start), min(end, period.end)


def bucket_cell(start: date, by: str) -> Cell:
    """How a part is written: months as `2016-05`."""
    return f"{start:%Y-%m}" if by == "month" else start


def add_up(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The sums of some figures by currency, currencies in order."""
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        into = sums.setdefault(row["currency"], dict.fromkeys(names, 0))
        for name in names:
            into[name] += row[name] or 0
    return dict(sorted(sums.items()))


def joined(rows: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], Any]) -> dict[Any, dict[str, Any]]:
    """Rows by a key that is theirs alone."""
    return {key(row): row for row in rows}


def series_of(
    rows: Sequence[ReportRow],
    columns: Sequence[ReportColumn],
    *,
    x: str = "bucket",
    chart: Literal["line", "bar"] = "bar",
) -> tuple[ReportSeries, ...]:
    """What is drawn of some columns over the first one: a series for each of them and each currency."""
    currencies = sorted({row.currency for row in rows})
    return tuple(
        ReportSeries(
            column.key,
            column.label,
            column.kind,
            tuple(
                SeriesPoint(cast("date | str", row.cells[x]), cast(Figure, row.cells[column.key]))
                for row in rows
                if row.currency == currency
            ),
            currency,
            chart,
        )
        for currency in currencies
        for column in columns
    )
