"""What a report is asked, and what it answers. Frozen, without the ORM, safe to cache and share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.exceptions import ValidationFailed

Figure = Decimal | int | None
"""A number of a report; None: there is no figure, for example because nothing could be sold."""

Text = str | Promise

Cell = Figure | Text | date

DAYS_A_YEAR_OF_WEEKS = 364
PERIOD_DAYS_MAX = 3_700
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
"""What may be asked for; beyond them nothing was ever sold, and the calendar itself ends."""


class InvalidPeriod(ValidationFailed):
    """The period ends before it begins, or is longer than ten years."""

    code = "invalid_period"
    message = _("The period must end after it begins, and be ten years at most.")


class Comparison(models.TextChoices):
    """Which other period a report is compared with."""

    PREVIOUS = "previous", _("previous period")
    LAST_YEAR_DATES = "last_year_dates", _("same dates last year")
    LAST_YEAR_WEEKDAYS = "last_year_weekdays", _("same weekdays last year")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days ``[start, end)``: the last day is the one before ``end``. Raises `InvalidPeriod`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if not 0 < (self.end - self.start).days <= PERIOD_DAYS_MAX:
            raise InvalidPeriod(
                field="end", data={"start": self.start.isoformat(), "end": self.end.isoformat()}
            )

    @classmethod
    def from_days(cls, first: date, last: date) -> Period:
        """Make it of the first and the last day, both included, as people write it."""
        return cls(first, last + timedelta(days=1))

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that is part of it."""
        return self.end - timedelta(days=1)

    def dates(self) -> list[date]:
        return [self.start + timedelta(days=offset) for offset in range(self.days)]

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def compared(self, comparison: Comparison) -> Period:
        """Return the other period.

        The previous one is as long and ends where this one starts; a whole month is preceded by the whole month
        before it. The same dates last year: a 29th of February becomes the 28th as a start and the 1st of March as
        an end. The same weekdays: 364 days earlier.
        """
        if comparison == Comparison.LAST_YEAR_WEEKDAYS:
            return self.moved(-DAYS_A_YEAR_OF_WEEKS)
        if comparison == Comparison.LAST_YEAR_DATES:
            return Period(_a_year_before(self.start, leap_day=28), _a_year_before(self.end, leap_day=None))
        if self.start.day == self.end.day == 1:
            return Period(_months_before(self.start, self._months), self.start)
        return self.moved(-self.days)

    def moved(self, days: int) -> Period:
        return Period(self.start + timedelta(days=days), self.end + timedelta(days=days))

    @property
    def _months(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month


def _months_before(first_of_month: date, months: int) -> date:
    index = first_of_month.year * 12 + first_of_month.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _a_year_before(day: date, *, leap_day: int | None) -> date:
    if (day.month, day.day) != (2, 29):
        return day.replace(year=day.year - 1)
    return date(day.year - 1, 2, leap_day) if leap_day else date(day.year - 1, 3, 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """The properties a report is about, which the reader may see; ``name`` is what to call them together."""

    property_ids: tuple[int, ...]
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "property_ids", tuple(sorted(set(self.property_ids))))


class DrillBy(models.TextChoices):
    """Which day of a booking must lie in the days asked for."""

    STAY = "stay", _("a night of the stay")
    ARRIVAL = "arrival", _("arrival")
    DEPARTURE = "departure", _("departure")
    BOOKED = "booked", _("booked on")
    CANCELLED = "cancelled", _("cancelled on")
    POSTED = "posted", _("posted on the folio")


@dataclass(frozen=True, slots=True)
class Drill:
    """Which bookings are behind a figure: days ``[start, end)`` and whatever else they have in common.

    Goes through an address as `as_query`, comes back by `from_query`, is answered by
    `reports.selectors.drill.drill_bookings`. "-" as a channel, segment or country means: none is known.
    """

    property_ids: tuple[int, ...]
    by: DrillBy
    start: date
    end: date
    statuses: tuple[str, ...] = ()
    currency: str = ""
    room_type_id: int | None = None
    rate_plan_id: int | None = None
    channel: str = ""
    segment: str = ""
    country: str = ""
    lead_from: int | None = None
    lead_to: int | None = None
    nights_from: int | None = None
    nights_to: int | None = None
    booked_from: date | None = None
    booked_until: date | None = None
    booked_only: bool = True
    entry_kinds: tuple[str, ...] = ()
    method: str = ""
    tax: str = ""
    owing: str = ""
    waitlist: bool = False

    def as_query(self) -> dict[str, str]:
        """Return what differs from nothing, as text for an address."""
        query: dict[str, str] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value in (None, "", ()) or (one.name in _FLAGS and value == one.default):
                continue
            query[one.name] = _as_text(value)
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, property_ids: tuple[int, ...] | None = None) -> Drill:
        """Read it back; ``property_ids`` are those the reader may see (None: all). Raises `ValidationFailed`."""
        try:
            values: dict[str, Any] = {
                name: read(query[name]) for name, read in _READERS.items() if query.get(name)
            }
            drill = cls(**values)
            Period(drill.start, drill.end)
        except (TypeError, ValueError, KeyError) as error:
            raise ValidationFailed(_("This list of bookings cannot be understood.")) from error
        if property_ids is None:
            return drill
        return replace(drill, property_ids=tuple(sorted(set(drill.property_ids) & set(property_ids))))


_FLAGS = ("booked_only", "waitlist")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _texts(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


def _numbers(value: str) -> tuple[int, ...]:
    return tuple(int(part) for part in value.split(","))


def _flag(value: str) -> bool:
    return {"1": True, "0": False}[value]


_READERS: dict[str, Any] = {
    "property_ids": _numbers,
    "by": DrillBy,
    **dict.fromkeys(("start", "end", "booked_from", "booked_until"), date.fromisoformat),
    **dict.fromkeys(("statuses", "entry_kinds"), _texts),
    **dict.fromkeys(("currency", "channel", "segment", "country", "method", "tax", "owing"), str),
    **dict.fromkeys(
        ("room_type_id", "rate_plan_id", "lead_from", "lead_to", "nights_from", "nights_to"), int
    ),
    **dict.fromkeys(_FLAGS, _flag),
}


class ColumnKind(Enum):
    """How the cells of a column are to be read. Money is in the row's currency, a percentage is 0 to 100."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "int"
    DECIMAL = "decimal"
    MONEY = "money"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column; ``digits`` behind the point of decimals and percentages (money has those of its currency)."""

    key: str
    label: Text
    kind: ColumnKind = ColumnKind.INTEGER
    digits: int = 1


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of a report: ``key`` finds the same line in another period, ``drill`` the bookings behind it.

    ``cells`` are by the keys of the columns. ``currency`` is what its money is in; "" where it has none.
    """

    key: str
    cells: Mapping[str, Cell]
    currency: str = ""
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A point of a chart; ``x`` is a day, the name of a bar or a number of days."""

    x: date | str | int
    y: Figure


@dataclass(frozen=True, slots=True)
class ReportSeries:
    """One line or one colour of bars of a chart; points are in the order they are drawn."""

    key: str
    label: Text
    kind: ColumnKind
    points: tuple[SeriesPoint, ...]
    currency: str = ""
    chart: Literal["line", "bar"] = "line"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Columns, rows, and totals (one for each currency; of figures that cannot be added they are computed anew)."""

    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    totals: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The answer: a table, what is drawn of it, notes for the reader, and the same of the period compared with."""

    report: str
    scope: Scope
    period: Period
    table: ReportTable
    series: tuple[ReportSeries, ...] = ()
    notes: tuple[Text, ...] = ()
    compared: ReportResult | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[ReportRow, ...]:
        return self.table.rows

    def pairs(self) -> list[tuple[ReportRow, ReportRow | None]]:
        """Return each row with the row of the same key in the other period: rows by day match by place."""
        others = {row.key: row for row in self.compared.rows} if self.compared else {}
        return [(row, others.get(row.key)) for row in self.rows]
