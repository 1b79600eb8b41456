"""The first pass over the file: what the houses need to have, in memory bounded by the calendar, not by the rows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from bookings.transitions import SOLD_STATUSES, BookingStatus
from inventory.models import BoardBasis

from .refusals import Refusal, RefusalReason, RefusalReport
from .rows import Outcome, SourceBooking, row_judge
from .shifting import Timeline
from .source import SourceRow

LOWEST_USUAL_RATE = 20
"""EUR. Below are staff rates and mistakes, which say nothing about prices."""
WEEKEND_ARRIVALS = (4, 5)
SLACK_PERCENT = 3


class Rates:
    """How often each rate was paid, in whole EUR: enough for a median, bounded by the highest believable rate."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, rate: Decimal) -> None:
        self._counts[int(rate)] += 1

    def update(self, other: Rates) -> None:
        self._counts.update(other._counts)

    def __len__(self) -> int:
        return self._counts.total()

    def median(self) -> int:
        """The lower median. Raises `ValueError` when there is no rate."""
        if not self._counts:
            raise ValueError("no rates, no median")
        half = (self._counts.total() + 1) // 2
        seen = 0
        for rate in sorted(self._counts):
            seen += self._counts[rate]
            if seen >= half:
                break
        return rate


class Occupancy:
    """Rooms in use on each night, from which the most at once follows."""

    def __init__(self) -> None:
        self._changes: Counter[date] = Counter()
        self.stays = 0

    def add(self, *, arrival: date, departure: date) -> None:
        self._changes[arrival] += 1
        self._changes[departure] -= 1
        self.stays += 1

    def peak(self) -> int:
        rooms = most = 0
        for day in sorted(self._changes):
            rooms += self._changes[day]
            most = max(most, rooms)
        return most

    def rooms_needed(self) -> int:
        """The most at once and a little slack; at least one."""
        peak = self.peak()
        return peak + math.ceil(peak * SLACK_PERCENT / 100) + 1


@dataclass(slots=True)
class HotelSurvey:
    """What one hotel of the file needs: rooms by type, and the rates paid by type and month and on weekends."""

    occupancy: dict[str, Occupancy] = field(default_factory=lambda: defaultdict(Occupancy))
    rates: dict[tuple[str, int], Rates] = field(default_factory=lambda: defaultdict(Rates))
    weekday_rates: Rates = field(default_factory=Rates)
    weekend_rates: Rates = field(default_factory=Rates)
    first_night: date = date.max
    last_departure: date = date.min


@dataclass(slots=True)
class Survey:
    """What the first pass found. Every row is in exactly one of ``takeable``, ``left_out`` and ``refused``."""

    rows: int = 0
    takeable: int = 0
    left_out: int = 0
    refused: Counter[RefusalReason] = field(default_factory=Counter)
    statuses: Counter[BookingStatus] = field(default_factory=Counter)
    hotels: dict[str, HotelSurvey] = field(default_factory=lambda: defaultdict(HotelSurvey))


def survey_make(
    *, rows: Iterable[SourceRow], timeline: Timeline, report: RefusalReport | None = None
) -> Survey:
    """Read all rows and add them up; refusals go to the report."""
    survey = Survey()
    for row in rows:
        survey.rows += 1
        judged = row_judge(row)
        if isinstance(judged, Refusal):
            survey.refused[judged.reason] += 1
            if report is not None:
                report.add(judged)
            continue
        is_made, status = timeline.is_made(judged), timeline.status(judged)
        if is_made:
            survey.takeable += 1
            survey.statuses[status] += 1
        else:
            survey.left_out += 1
        # Who did stay has had a room, even where the demo's today does not know of the booking yet.
        occupies = (is_made and status in SOLD_STATUSES) or judged.outcome is Outcome.CHECKED_OUT
        _hotel_add(survey.hotels[judged.hotel], judged, timeline.offset, occupies=occupies)
    return survey


def _hotel_add(hotel: HotelSurvey, booking: SourceBooking, offset: timedelta, *, occupies: bool) -> None:
    arrival, departure = booking.arrival + offset, booking.departure + offset
    hotel.first_night = min(hotel.first_night, arrival)
    hotel.last_departure = max(hotel.last_departure, departure)
    occupancy = hotel.occupancy[booking.room_type]
    if occupies:
        occupancy.add(arrival=arrival, departure=departure)
    if (
        booking.outcome is Outcome.CHECKED_OUT
        and booking.board is BoardBasis.BB
        and booking.rate >= LOWEST_USUAL_RATE
    ):
        hotel.rates[booking.room_type, booking.arrival.month].add(booking.rate)
        is_weekend = booking.arrival.weekday() in WEEKEND_ARRIVALS
        (hotel.weekend_rates if is_weekend else hotel.weekday_rates).add(booking.rate)


def arrivals_span(rows: Iterable[SourceRow]) -> tuple[date, date] | None:
    """First and last arrival of the rows that can be taken; None when there is none."""
    arrivals: Iterator[date] = (
        judged.arrival for row in rows if isinstance(judged := row_judge(row), SourceBooking)
    )
    first = next(arrivals, None)
    if first is None:
        return None
    last = first
    for arrival in arrivals:
        if arrival < first:
            first = arrival
        elif arrival > last:
            last = arrival
    return first, last
