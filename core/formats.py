"""Dates and countries as the reader's language writes them, from CLDR through babel."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton
from django.utils.translation import get_language

INTERNATIONAL_ENGLISH = "en_GB"
"""What plain "en" means: guests come from everywhere, so the day stands before the month and US$ is not just $."""

PLAIN_LANGUAGES = {"en": INTERNATIONAL_ENGLISH, "pt": "pt_PT"}
"""Where CLDR's country for a plain language code is not the one our texts are written for."""

THIN_SPACE = "\u2009"
"""CLDR puts it around the dash in some languages, and in English in the midst of a date."""


@lru_cache(maxsize=64)
def babel_locale(language: str | None) -> Locale:
    """Babel's locale for a Django language code (`pt-br`, `de`); international English where there is none."""
    if not language:
        return Locale.parse(INTERNATIONAL_ENGLISH)
    try:
        return Locale.parse(PLAIN_LANGUAGES.get(language) or language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(INTERNATIONAL_ENGLISH)


def active_locale(language: str | None = None) -> Locale:
    """The locale of `language`, or of the language that is active."""
    return babel_locale(language or get_language())


def format_stay(arrival: date, departure: date, language: str | None = None) -> str:
    """Both ends of a stay with their weekdays, the year once: `Fri, 20 Nov – Mon, 23 Nov 2026`."""
    text = format_interval(arrival, departure, skeleton="yMMMEd", locale=active_locale(language))
    return text.replace(THIN_SPACE, " ")


def format_day(day: date, language: str | None = None) -> str:
    """One date with its weekday: `Fri, 20 Nov 2026`."""
    return format_skeleton("yMMMEd", day, locale=active_locale(language))


def format_day_short(day: date, *, with_year: bool = False, language: str | None = None) -> str:
    """One date in few letters, for axes: `20 Nov`, or with its year `20 Nov 2026`."""
    return format_skeleton("yMMMd" if with_year else "MMMd", day, locale=active_locale(language))


def country_name(code: str, language: str | None = None) -> str:
    """The name of an ISO 3166 country (`DE`, also in lower case); the code itself if there is no such country."""
    return active_locale(language).territories.get(code.upper(), code)
