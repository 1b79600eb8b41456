"""Dates and countries as the reader's language writes them, from CLDR through babel."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

INTERNATIONAL_ENGLISH = "en_GB"
"""What plain "en" means: guests come from everywhere, so the day stands before the month and US$ is not just $."""

PLAIN_LANGUAGES = {"en": INTERNATIONAL_ENGLISH, "pt": "pt_PT"}
"""Where CLDR's country for a plain language code is not the one our texts are written for."""

THIN_SPACE = "\u2009"
"""CLDR puts it around the dash in some languages, and in English in the midst of a date."""

DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


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
    return _skeleton("yMMMEd", day, language or get_language())


def format_day_short(day: date, *, with_year: bool = False, language: str | None = None) -> str:
    """One date in few letters, for axes: `20 Nov`, or with its year `20 Nov 2026`."""
    return _skeleton("yMMMd" if with_year else "MMMd", day, language or get_language())


@lru_cache(maxsize=4096)
def _skeleton(skeleton: str, day: date, language: str | None) -> str:
    """Write a date; remembered, because a table has the same days again and again."""
    return format_skeleton(skeleton, day, locale=active_locale(language))


def country_name(code: str, language: str | None = None) -> str:
    """The name of an ISO 3166 country (`DE`, also in lower case); the code itself if there is no such country."""
    return active_locale(language).territories.get(code.upper(), code)


def format_moment(moment: datetime, language: str | None = None) -> str:
    """An instant in the active time zone: `20 Nov 2026, 15:04`."""
    local = timezone.localtime(moment)
    return f"{format_day_short(local.date(), with_year=True, language=language)}, {local:%H:%M}"


def format_days(days: Sequence[date], language: str | None = None) -> str:
    """Some dates, those that follow each other as one: `20 Nov 2026, 22 Nov – 25 Nov 2026`."""
    runs: list[list[date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    texts = []
    for first, last in runs:
        end = format_day_short(last, with_year=True, language=language)
        texts.append(end if first == last else f"{format_day_short(first, language=language)} – {end}")
    return ", ".join(texts)


def format_value(value: Any, language: str | None = None) -> str:
    """A JSON value as people read it: yes and no, dates, lists by commas, a dash for nothing."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, (list, tuple)):
        return ", ".join(format_value(one, language) for one in value)
    if isinstance(value, str):
        return _text_of(value, language)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _text_of(value: str, language: str | None) -> str:
    """A text; a moment or a day as people read it. What only looks like one, such as the 31st of February, as it is."""
    try:
        if MOMENT.match(value):
            return format_moment(datetime.fromisoformat(value), language)
        if DAY.match(value):
            return format_day_short(date.fromisoformat(value), with_year=True, language=language)
    except (ValueError, OverflowError):
        return value
    return value
