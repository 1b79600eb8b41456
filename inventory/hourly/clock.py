"""From what a clock on the wall shows to instants, and arithmetic with periods of instants.

When the clock is put forward an hour is skipped and its times do not exist; when it is put back an hour comes twice.
Neither is guessed at: `instants_of` gives none, one or two instants, and callers say which they mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from core.dates import time_zone_get
from core.exceptions import ValidationFailed


class TimeSkipped(ValidationFailed):
    """The clock of the property never shows this time on this day (422)."""

    code = "time_skipped"
    message = _("The clock is put forward that day, and this time does not exist.")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Time ``[start, end)`` between two instants in UTC."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes that really pass, whatever the clock does meanwhile."""
        return int((self.end - self.start) / timedelta(minutes=1))

    def overlaps(self, other: Period) -> bool:
        """Whether both have an instant in common."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Period) -> bool:
        """Whether the other lies in it as a whole."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, *, before: int, after: int) -> Period:
        """The period with so many minutes more at its ends."""
        return Period(self.start - timedelta(minutes=before), self.end + timedelta(minutes=after))


def instants_of(day: date, at_time: time, time_zone: str) -> list[datetime]:
    """Every instant in UTC at which the clock shows ``at_time`` on ``day``: none, one, or two in order."""
    zone = time_zone_get(time_zone)
    found: list[datetime] = []
    for fold in (0, 1):
        local = datetime.combine(day, at_time.replace(fold=fold), tzinfo=zone)
        instant = local.astimezone(UTC)
        shows = instant.astimezone(zone)
        if shows.replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0) and instant not in found:
            found.append(instant)
    return sorted(found)


def instant_of(day: date, at_time: time, time_zone: str, *, second: bool = False) -> datetime:
    """The instant at which the clock shows the time; of two the first, or the ``second``. Raises `TimeSkipped`."""
    found = instants_of(day, at_time, time_zone)
    if not found:
        raise TimeSkipped(data={"day": day.isoformat(), "time": at_time.strftime("%H:%M")})
    return found[-1] if second else found[0]


def periods_merge(periods: Iterable[Period]) -> list[Period]:
    """The same time in as few periods as possible, in order: what overlaps or meets becomes one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def periods_subtract(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """What is left of the periods without the taken ones, in order."""
    left = periods_merge(periods)
    for gone in periods_merge(taken):
        kept: list[Period] = []
        for period in left:
            if not period.overlaps(gone):
                kept.append(period)
                continue
            if period.start < gone.start:
                kept.append(Period(period.start, gone.start))
            if gone.end < period.end:
                kept.append(Period(gone.end, period.end))
        left = kept
    return left
