"""Prices to come, from the rates that were paid."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.money import round_money
from inventory.blueprints import PriceSeason

from .rows import CURRENCY
from .survey import HotelSurvey, Rates

ENOUGH_RATES = 5
"""Fewer in a month say nothing about it; the room type's year and the house's month do."""
DEFAULT_PRICE = 100
WEEKEND_NIGHTS = (4, 5)
WEEKEND_FACTOR_LIMITS = (Decimal("0.90"), Decimal("1.25"))
PERCENT = Decimal("0.01")


def seasons_derive(
    *, survey: HotelSurvey, room_types: list[str], rate_plan: str, first: date, end: date
) -> list[PriceSeason]:
    """A season for each room type and month of ``[first, end)``: the median rate of that month, in whole EUR.

    Friday and Saturday nights cost what arrivals on those days paid more (or less) than others.
    """
    factor = _weekend_factor(survey)
    seasons = []
    for room_type in room_types:
        by_month = {month: _month_price(survey, room_type, month) for month in range(1, 13)}
        for month_first, month_last in _months(first, end):
            usual = by_month[month_first.month]
            weekend = _whole(Decimal(usual) * factor)
            seasons.append(
                PriceSeason(
                    room_type=room_type,
                    rate_plan=rate_plan,
                    name=f"{calendar.month_name[month_first.month]} {month_first.year}",
                    first_night=month_first,
                    last_night=month_last,
                    prices=tuple(weekend if day in WEEKEND_NIGHTS else Decimal(usual) for day in range(7)),
                )
            )
        latest = seasons[-1]
        seasons.append(
            PriceSeason(
                room_type=room_type,
                rate_plan=rate_plan,
                name="Later",
                first_night=date.fromordinal(month_last.toordinal() + 1),
                last_night=None,
                prices=latest.prices,
            )
        )
    return seasons


def _month_price(survey: HotelSurvey, room_type: str, month: int) -> int:
    rates = survey.rates.get((room_type, month))
    if rates is not None and len(rates) >= ENOUGH_RATES:
        return rates.median()
    of_type = _median(survey, room_type=room_type)
    of_house = _median(survey)
    of_month = _median(survey, month=month)
    if of_type is None or of_house is None or of_month is None:
        return of_type or of_month or of_house or DEFAULT_PRICE
    return int(_whole(Decimal(of_type) * of_month / of_house))


def _median(survey: HotelSurvey, *, room_type: str | None = None, month: int | None = None) -> int | None:
    together = Rates()
    for (of_type, of_month), rates in survey.rates.items():
        if room_type in (None, of_type) and month in (None, of_month):
            together.update(rates)
    return together.median() if len(together) else None


def _weekend_factor(survey: HotelSurvey) -> Decimal:
    if not len(survey.weekend_rates) or not len(survey.weekday_rates):
        return Decimal(1)
    lowest, highest = WEEKEND_FACTOR_LIMITS
    factor = Decimal(survey.weekend_rates.median()) / Decimal(survey.weekday_rates.median())
    return min(max(factor, lowest), highest)


def _whole(price: Decimal) -> Decimal:
    """The price at whole units of money, by the one function that rounds."""
    return round_money(round_money(price * PERCENT, CURRENCY) / PERCENT, CURRENCY)


def _months(first: date, end: date) -> Iterator[tuple[date, date]]:
    """First and last night of every month that ``[first, end)`` touches; the first one begins at ``first``."""
    month_first = first
    while month_first < end:
        last_day = calendar.monthrange(month_first.year, month_first.month)[1]
        month_last = month_first.replace(day=last_day)
        yield month_first, month_last
        month_first = date.fromordinal(month_last.toordinal() + 1)
