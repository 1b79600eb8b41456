"""When a space is open, as instants."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from core.dates import ONE_DAY, date_range, local_datetime, time_zone_get

from .clock import Period, periods_merge

if TYPE_CHECKING:
    from inventory.models import SpaceClosure, SpaceHours

MIDNIGHT = time(0)


def open_periods(
    *,
    hours: Collection[SpaceHours],
    closures: Collection[SpaceClosure],
    time_zone: str,
    first: date,
    last: date,
) -> list[Period]:
    """When it is open on the property's days from ``first`` to ``last``, both included, in order.

    What is open over midnight is one period. An opening time that the clock skips is the moment after the leap; one
    that comes twice is the first. A closing time that comes twice is the second.
    """
    periods: list[Period] = []
    for day in date_range(first, last + ONE_DAY):
        if any(closure.first_day <= day <= closure.last_day for closure in closures):
            continue
        for stretch in hours:
            if stretch.weekday == day.weekday():
                start = local_datetime(day, stretch.opens, time_zone)
                end = _closing(day, stretch.closes, time_zone)
                if start < end:
                    periods.append(Period(start, end))
    return periods_merge(periods)


def is_open(
    period: Period, *, hours: Collection[SpaceHours], closures: Collection[SpaceClosure], time_zone: str
) -> bool:
    """Whether it is open during the whole period."""
    zone = time_zone_get(time_zone)
    opened = open_periods(
        hours=hours,
        closures=closures,
        time_zone=time_zone,
        first=period.start.astimezone(zone).date(),
        last=period.end.astimezone(zone).date(),
    )
    return any(stretch.contains(period) for stretch in opened)


def _closing(day: date, closes: time, time_zone: str) -> datetime:
    if closes == MIDNIGHT:
        day, closes = day + ONE_DAY, MIDNIGHT
        return local_datetime(day, closes, time_zone)
    last = datetime.combine(day, closes.replace(fold=1), tzinfo=time_zone_get(time_zone)).astimezone(UTC)
    return max(last, local_datetime(day, closes, time_zone))
