"""Writing our calendar for other channels.

They take every event for "this cannot be booked" and know nothing of numbers. So a type with one room shows each
stay and each block as it is, and a type with more rooms only the times without a free one. Nothing says who stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Event

from core.dates import ONE_DAY

PRODUCT_ID = "-//Vacancy//Channels//EN"
REFRESH = "PT15M"


@dataclass(frozen=True, slots=True, order=True)
class Occupancy:
    """Nights ``[start, end)`` that an event of our feed takes. ``changed_at``: when it was last another one.

    ``is_free``: shown for people only, other channels shall not close for it.
    """

    start: date
    end: date
    uid: str
    sequence: int
    changed_at: datetime
    is_free: bool = False


def feed_write(occupancies: Iterable[Occupancy], *, name: str, summary: str, partly: str = "") -> bytes:
    """An iCalendar file; the same occupancies give the same bytes. ``partly`` names what ``is_free``."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", REFRESH)
    calendar.add("x-published-ttl", REFRESH)
    for occupancy in sorted(occupancies):
        event = Event()
        event.add("uid", occupancy.uid)
        event.add("dtstamp", occupancy.changed_at)
        event.add("last-modified", occupancy.changed_at)
        event.add("sequence", occupancy.sequence)
        event.add("dtstart", occupancy.start)
        event.add("dtend", occupancy.end)
        event.add("summary", partly if occupancy.is_free else summary)
        event.add("status", "CONFIRMED")
        event.add("transp", "TRANSPARENT" if occupancy.is_free else "OPAQUE")
        event.add("class", "PUBLIC")
        calendar.add_component(event)
    return calendar.to_ical()


def unavailable_periods(nights: Sequence[tuple[date, int]]) -> list[tuple[date, date]]:
    """Runs ``[start, end)`` of nights without a free room; ``nights`` are dates and free rooms, in order."""
    periods: list[tuple[date, date]] = []
    for night, available in nights:
        if available > 0:
            continue
        if periods and periods[-1][1] == night:
            periods[-1] = (periods[-1][0], night + ONE_DAY)
        else:
            periods.append((night, night + ONE_DAY))
    return periods
