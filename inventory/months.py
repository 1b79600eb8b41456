"""The calendar of prices as months of weeks, ready to be shown."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.dates import StayDates
from inventory.reasons import ReasonCode
from inventory.selectors import CalendarNight
from inventory.types import Reason

FEW_ROOMS = 2
IN_THE_PAST = Reason(ReasonCode.IN_THE_PAST)


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: its night where one is on sale, and how it is to be shown."""

    date: date
    night: CalendarNight | None
    in_stay: bool
    is_best: bool

    @property
    def is_past(self) -> bool:
        return self.night is None or self.night.reasons[:1] == (IN_THE_PAST,)

    @property
    def can_arrive(self) -> bool:
        """Whether a stay may begin here; the length of it is another matter."""
        night = self.night
        return night is not None and night.price_from is not None and not night.closed_to_arrival

    @property
    def is_out(self) -> bool:
        return not self.is_past and self.night is not None and self.night.price_from is None

    @property
    def is_few(self) -> bool:
        return (
            self.night is not None and self.night.price_from is not None and self.night.available <= FEW_ROOMS
        )

    @property
    def has_rule(self) -> bool:
        night = self.night
        return night is not None and (night.closed_to_arrival or night.min_stay > 1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month as rows of seven cells, Monday first; cells of other months are empty."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


def months_build(
    *, nights: Iterable[CalendarNight], first: date, count: int, stay: StayDates | None
) -> list[Month]:
    """Return ``count`` months from the month of ``first`` on; the cheapest night of each month is marked."""
    by_date = {night.date: night for night in nights}
    return [_month(month_add(first, offset), by_date=by_date, stay=stay) for offset in range(count)]


def month_add(day: date, months: int) -> date:
    """Return the first day of the month that lies ``months`` after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_span(first: date, count: int) -> tuple[date, int]:
    """Return the first day and the number of days that ``count`` months from ``first`` on cover."""
    start = first.replace(day=1)
    return start, (month_add(start, count) - start).days


def _month(first: date, *, by_date: dict[date, CalendarNight], stay: StayDates | None) -> Month:
    days = [first + timedelta(days=n) for n in range(calendar.monthrange(first.year, first.month)[1])]
    prices: list[Decimal] = [
        night.price_from
        for day in days
        if (night := by_date.get(day)) and night.price_from is not None and not night.closed_to_arrival
    ]
    best = min(prices, default=None)
    if best is not None and prices.count(best) * 2 > len(prices):
        best = None  # an ordinary price is no bargain
    cells: list[Day | None] = [None] * first.weekday()
    for day in days:
        night = by_date.get(day)
        cells.append(
            Day(
                date=day,
                night=night,
                in_stay=stay is not None and day in stay,
                is_best=best is not None and night is not None and night.price_from == best,
            )
        )
    cells += [None] * (-len(cells) % 7)
    return Month(first=first, weeks=tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7)))
