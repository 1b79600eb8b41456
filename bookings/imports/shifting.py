"""Moving the whole file in time by whole weeks, and what had happened by some day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from bookings.transitions import BookingStatus

from .rows import Outcome, SourceBooking

DAYS_A_WEEK = 7
STATUS_OF_OUTCOME = {
    Outcome.CHECKED_OUT: BookingStatus.CHECKED_OUT,
    Outcome.CANCELLED: BookingStatus.CANCELLED,
    Outcome.NO_SHOW: BookingStatus.NO_SHOW,
}


@dataclass(frozen=True)
class Timeline:
    """Where the file lies in time: moved by ``weeks``, and seen on the morning of ``today``.

    Without ``today`` nothing is moved and every booking has ended as the file says.
    """

    weeks: int = 0
    today: date | None = None

    @cached_property
    def offset(self) -> timedelta:
        return timedelta(weeks=self.weeks)

    def is_made(self, booking: SourceBooking) -> bool:
        """Whether the (moved) booking has been made by ``today``."""
        return self.today is None or booking.made_on + self.offset <= self.today

    def status(self, booking: SourceBooking) -> BookingStatus:
        """The state of a (moved) booking: what the file dates before ``today`` has happened, the rest has not.

        Guests who leave today are still in the house, those who come today are expected.
        """
        if self.today is None or booking.outcome_date + self.offset < self.today:
            return STATUS_OF_OUTCOME[booking.outcome]
        if booking.outcome is Outcome.CHECKED_OUT and booking.arrival + self.offset < self.today:
            return BookingStatus.CHECKED_IN
        return BookingStatus.CONFIRMED


def shift_weeks_choose(*, first: date, last: date, today: date) -> int:
    """By how many weeks arrivals from ``first`` to ``last`` must move so that ``today`` lies inside them.

    The same time of the year is kept where the file reaches far enough, so that summer stays summer; of the years that
    fit, the one that brings ``today`` nearest to the middle. Otherwise ``today`` becomes the middle.
    """
    middle = first + (last - first) / 2
    candidates = [_anniversary(today, year) for year in range(first.year, last.year + 1)]
    inside = [day for day in candidates if first <= day <= last]
    anchor = min(inside, key=lambda day: abs(day - middle), default=middle)
    days = (today - anchor).days
    weeks = round(days / DAYS_A_WEEK)
    moved_first, moved_last = first + timedelta(weeks=weeks), last + timedelta(weeks=weeks)
    if moved_first > today and moved_last - timedelta(weeks=1) >= today:
        weeks -= 1
    elif moved_last < today and moved_first + timedelta(weeks=1) <= today:
        weeks += 1
    return weeks


def _anniversary(day: date, year: int) -> date:
    """The same day in another year; 29 February is the 28th where there is none."""
    return date(year, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
