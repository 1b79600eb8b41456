"""Stays, nights and the property's own calendar.

Nights are dates, instants are aware UTC, and the time zone of the property decides what "today" is there. A stay is
half-open: `[arrival, departure)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import ValidationFailed

ONE_DAY = timedelta(days=1)


class InvalidStay(ValidationFailed):
    """Departure does not come after arrival."""

    code = "invalid_stay"
    message = _("The departure must be after the arrival.")


@dataclass(frozen=True, slots=True, order=True)
class StayDates:
    """The dates of a stay, half-open: the guest sleeps on `arrival` and does not on `departure`.

    Raises `InvalidStay` unless the departure comes after the arrival.
    """

    arrival: date
    departure: date

    def __post_init__(self) -> None:
        if self.departure <= self.arrival:
            raise InvalidStay(
                field="departure",
                data={"arrival": self.arrival.isoformat(), "departure": self.departure.isoformat()},
            )

    @property
    def nights(self) -> int:
        """Number of nights, at least one."""
        return (self.departure - self.arrival).days

    def dates(self) -> list[date]:
        """Every night of the stay, in order."""
        return list(date_range(self.arrival, self.departure))

    def whole_weeks(self) -> StayDates:
        """The weeks, Monday to Sunday, that hold its nights; the last of all dates ends the last of them."""
        last = monday_of(self.departure - ONE_DAY)
        return StayDates(monday_of(self.arrival), last + min(7 * ONE_DAY, date.max - last))

    def by_month(self) -> list[StayDates]:
        """The same nights, cut where a month begins."""
        firsts = [night for night in self.dates()[1:] if night.day == 1]
        return [StayDates(*cut) for cut in pairwise([self.arrival, *firsts, self.departure])]

    def overlaps(self, other: StayDates) -> bool:
        """Whether both stays have a night in common."""
        return self.arrival < other.departure and other.arrival < self.departure

    def __contains__(self, night: date) -> bool:
        return self.arrival <= night < self.departure


STAY_NIGHTS_MAX = 760
"""As many nights as there are on sale; a year of four nines is a slip of the finger."""


class StayTooLong(InvalidStay):
    """More nights than were ever on sale (422)."""

    code = "stay_too_long"
    message = _("A stay has at most %(nights)d nights.")


def stay_asked_for(arrival: date, departure: date) -> StayDates:
    """The nights that somebody asks for. Raises `InvalidStay`, and `StayTooLong` before anybody looks at each night."""
    stay = StayDates(arrival, departure)
    if stay.nights > STAY_NIGHTS_MAX:
        raise StayTooLong(StayTooLong.message % {"nights": STAY_NIGHTS_MAX}, field="departure")
    return stay


def date_range(start: date, end: date) -> Iterator[date]:
    """Every date of `[start, end)`, in order; none if the end does not come after the start."""
    for offset in range((end - start).days):
        yield start + timedelta(days=offset)


def monday_of(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=512)
def time_zone_get(name: str) -> tzinfo:
    """The time zone called `name`. Raises `zoneinfo.ZoneInfoNotFoundError` if there is none."""
    return ZoneInfo(name)


def property_now(time_zone: str, at: datetime | None = None) -> datetime:
    """The instant `at` (default: now) as the clock on the property's wall shows it."""
    return (at or timezone.now()).astimezone(time_zone_get(time_zone))


def property_today(time_zone: str, at: datetime | None = None) -> date:
    """Today's date at the property."""
    return property_now(time_zone, at).date()


def local_datetime(day: date, at_time: time, time_zone: str) -> datetime:
    """The instant, in UTC, at which the property's clock shows `at_time` on `day`.

    A time that the clock shows twice (autumn) is the first of the two. A time that it skips (spring) is the instant
    at which it would have come had the clock not been put forward yet: 02:30 becomes 03:30 on the wall.
    """
    return datetime.combine(day, at_time, tzinfo=time_zone_get(time_zone)).astimezone(UTC)
