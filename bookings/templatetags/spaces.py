"""`{% load spaces %}`: times of spaces on the clock of their property."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from bookings.forms.spaces import minutes_label
from bookings.space_links import space_booking_url
from core.dates import property_now
from core.formats import format_day
from inventory.hourly import instants_of

register = template.Library()


@register.filter
def clock_in(at: datetime, time_zone: str) -> str:
    """The time on the property's clock; with the zone's name where the clock shows it twice that day: `02:30 CET`."""
    local = property_now(time_zone, at)
    text = f"{local:%H:%M}"
    is_twice = len(instants_of(local.date(), local.time(), time_zone)) > 1
    return f"{text} {local.tzname()}" if is_twice else text


@register.filter
def day_in(at: datetime, time_zone: str) -> str:
    """The day on the property's calendar, in the reader's language."""
    return format_day(property_now(time_zone, at).date())


@register.filter
def time_range(period: Any, time_zone: str) -> str:
    """Start and end of anything that has them: `Tue, 24 Nov 2026, 10:00–12:00`; both days where they differ."""
    first, last = property_now(time_zone, period.start), property_now(time_zone, period.end)
    start, end = clock_in(period.start, time_zone), clock_in(period.end, time_zone)
    if first.date() == last.date():
        return f"{format_day(first.date())}, {start}–{end}"
    return f"{format_day(first.date())}, {start} – {format_day(last.date())}, {end}"


@register.filter
def clock_range(period: Any, time_zone: str) -> str:
    """Only the times of it: `10:00–12:00`; midnight at the end is 24:00."""
    end = clock_in(period.end, time_zone)
    return f"{clock_in(period.start, time_zone)}–{'24:00' if end == '00:00' else end}"


@register.filter
def minutes_words(minutes: int) -> str:
    """A length as people say it."""
    return minutes_label(int(minutes))


@register.filter
def names_of(codes: list[str], space: Any) -> list[str]:
    """The names of pieces of equipment, by their codes; one query unless they are at hand."""
    names = {piece.code: piece.name for piece in space.equipment.all()} if codes else {}
    return [names.get(code, code) for code in codes]


@register.filter
def own_url(booking: Any, seen: Any) -> str:
    """The page of another booking of the series that is seen: who may open the one may open the other."""
    return space_booking_url(booking) if booking.series_id == seen.series_id else ""
