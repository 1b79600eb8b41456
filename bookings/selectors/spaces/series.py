"""What a series would be, day by day, before anybody books it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from bookings.series import series_days
from bookings.space_types import Occurrence, SeriesPreview, SeriesWish
from core.dates import time_zone_get
from core.exceptions import DomainError
from inventory.hourly import Period, TimeSkipped, instant_of
from inventory.models import Space
from inventory.selectors.spaces import space_price

from .availability import occupied_periods, wish_problem


def series_preview(
    space: Space, wish: SeriesWish, *, at: datetime | None = None, is_staff: bool = False
) -> SeriesPreview:
    """Every occurrence of a series with its price, or why it cannot be had. One query, however many there are.

    Each begins when the property's clock shows the time, before and after daylight-saving changes. A time that comes
    twice is the first; one that the clock skips is a conflict (`TimeSkipped`). Raises `SeriesInvalid`.
    """
    at = at or timezone.now()
    time_zone = space.property.time_zone
    days = series_days(
        rule=wish.rule, first_day=wish.first_day, time_zone=time_zone, days_ahead=space.max_days_ahead
    )
    periods: dict[int, Period | TimeSkipped] = {}
    for place, day in enumerate(days):
        try:
            start = instant_of(day, wish.starts_at, time_zone)
            periods[place] = Period(start, start + timedelta(minutes=wish.minutes))
        except TimeSkipped as skipped:
            periods[place] = skipped
    known = [period for period in periods.values() if isinstance(period, Period)]
    before, after = space.buffer_before_minutes, space.buffer_after_minutes
    taken: list[Period] = []
    if known:
        span = Period(known[0].start, known[-1].end).widened(before=before, after=after)
        taken = occupied_periods(space_ids=[space.pk], span=span, at=at)[space.pk]
    occurrences = []
    for place, day in enumerate(days):
        period = periods[place]
        if isinstance(period, TimeSkipped):
            occurrences.append(Occurrence(day, None, None, period))
            continue
        problem: DomainError | None = wish_problem(
            space,
            period,
            at=at,
            taken=taken,
            persons=wish.persons,
            equipment=wish.equipment,
            is_staff=is_staff,
        )
        if problem is None:
            taken.append(period.widened(before=before, after=after))
        occurrences.append(Occurrence(day, period, space_price(space, period), problem))
    total = sum((one.quote.total for one in occurrences if one.is_free and one.quote), Decimal(0))
    return SeriesPreview(tuple(occurrences), total, space.property.currency)


def day_of(booking_start: datetime, time_zone: str) -> datetime:
    """What the clock of the property shows at an instant."""
    return booking_start.astimezone(time_zone_get(time_zone))
