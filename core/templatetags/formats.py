"""`{% load formats %}{{ arrival|stay_dates:departure }} {{ arrival|stay_day }} {{ "DE"|country_name }}`."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from core import formats

register = template.Library()


@register.filter
def stay_dates(arrival: date | None, departure: date | None) -> str:
    """Both ends of a stay in the reader's language; nothing unless both are dates."""
    if not (isinstance(arrival, date) and isinstance(departure, date)):
        return ""
    return formats.format_stay(arrival, departure)


@register.filter
def stay_day(day: date | None) -> str:
    """One date with its weekday in the reader's language; nothing if there is none."""
    return formats.format_day(day) if isinstance(day, date) else ""


@register.filter
def country_name(code: str | None) -> str:
    """The country's name in the reader's language."""
    return formats.country_name(code) if code else ""


@register.filter
def moment(instant: datetime | None) -> str:
    """A day and a time in the reader's language and time zone; nothing if there is none."""
    return formats.format_moment(instant) if isinstance(instant, datetime) else ""
