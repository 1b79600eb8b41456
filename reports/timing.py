"""When a scheduled report is due, on the clock of its house."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from core.dates import time_zone_get

from .models import ReportSchedule, Rhythm

DAYS_LOOKED_AT = 63


def due_next(schedule: ReportSchedule, *, time_zone: str, after: datetime) -> datetime:
    """Return the first instant after another at which a schedule is due.

    A time that a change of the clock skips is an hour later that day; one that comes twice counts the first time.
    """
    zone = time_zone_get(time_zone)
    first = after.astimezone(zone).date() - timedelta(days=1)
    for offset in range(DAYS_LOOKED_AT):
        day = first + timedelta(days=offset)
        if not _is_day(schedule, day):
            continue
        due_at = datetime.combine(day, schedule.time, tzinfo=zone).astimezone(UTC)
        if due_at > after:
            return due_at
    raise ValueError("a schedule is due at least once in two months")


def due_last(schedule: ReportSchedule, *, time_zone: str, until: datetime) -> datetime:
    """Return the last instant, at or before another, at which a schedule that is due was due."""
    due_at = schedule.next_at
    while (following := due_next(schedule, time_zone=time_zone, after=due_at)) <= until:
        due_at = following
    return due_at


def _is_day(schedule: ReportSchedule, day: date) -> bool:
    if schedule.rhythm == Rhythm.WEEKLY:
        return day.weekday() == schedule.weekday
    if schedule.rhythm == Rhythm.MONTHLY:
        assert schedule.day_of_month is not None
        return day.day == min(schedule.day_of_month, monthrange(day.year, day.month)[1])
    return True
