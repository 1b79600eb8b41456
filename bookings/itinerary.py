"""A trip day by day: who arrives where, where one sleeps, and what one leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .selectors.trips import TripStay


class EventKind(StrEnum):
    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class ItineraryEvent:
    """Something of one stay on one day; ``night`` counts from 1 of ``nights``, for nights only."""

    kind: EventKind
    stay: TripStay
    night: int = 0
    nights: int = 0


@dataclass(frozen=True, slots=True)
class ItineraryDay:
    """A day of the trip; departures come first, then arrivals, then where one sleeps for another night."""

    date: date
    events: tuple[ItineraryEvent, ...]


def itinerary(stays: Sequence[TripStay]) -> list[ItineraryDay]:
    """The days on which something happens, in order. What was called off or has expired is left out."""
    events: defaultdict[date, list[ItineraryEvent]] = defaultdict(list)
    for stay in stays:
        if stay.is_off:
            continue
        booking = stay.booking
        nights = (booking.departure - booking.arrival).days
        events[booking.arrival].append(ItineraryEvent(EventKind.ARRIVAL, stay, nights=nights))
        events[booking.departure].append(ItineraryEvent(EventKind.DEPARTURE, stay))
        for number in range(2, nights + 1):
            day = booking.arrival + timedelta(days=number - 1)
            events[day].append(ItineraryEvent(EventKind.NIGHT, stay, night=number, nights=nights))
    order = list(EventKind)
    return [
        ItineraryDay(day, tuple(sorted(events[day], key=lambda event: order.index(event.kind))))
        for day in sorted(events)
    ]
