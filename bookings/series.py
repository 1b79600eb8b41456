"""The days of a series: a rule of RFC 5545, read on the clock of the property."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import cast

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext_lazy as _

from bookings.space_exceptions import SeriesInvalid
from core.dates import time_zone_get

MAX_OCCURRENCES = 120
RULE_MAX_LENGTH = 300
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"})
"""No others: with them a rule can be written that fits no day, and is searched for until the year 9999."""
WEEKDAY = "(MO|TU|WE|TH|FR|SA|SU)"
BY_DAY = re.compile(rf"([+-]?[1-5])?{WEEKDAY}(,([+-]?[1-5])?{WEEKDAY})*")
BY_MONTH_DAY = re.compile(r"-?([1-9]|[12][0-9]|3[01])(,-?([1-9]|[12][0-9]|3[01]))*")
INTERVAL = re.compile(r"[1-9][0-9]?")
_UNTIL_FORMATS = (("%Y%m%dT%H%M%SZ", True), ("%Y%m%dT%H%M%S", False), ("%Y%m%d", False))


def series_days(*, rule: str, first_day: date, time_zone: str, days_ahead: int) -> list[date]:
    """Every day of a series from ``first_day`` on, in order; at most ``days_ahead`` days and 120 of them.

    Daily, weekly or monthly, with COUNT or UNTIL; an UNTIL in UTC is read on the property's clock. Raises
    `SeriesInvalid` for a rule that cannot be read, has no end, gives no day, or too many.
    """
    parts = _parts(rule)
    horizon = datetime.combine(first_day + timedelta(days=days_ahead), time.max)
    until = _until(parts.pop("UNTIL", None), time_zone)
    count = _count(parts.pop("COUNT", None))
    if until is None and count is None:
        raise SeriesInvalid(
            _("Say how often it repeats, or until when."), code="series_endless", field="rule"
        )
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    last = min(until or horizon, horizon)
    try:
        # One line, so it is read as one rule and not as a set of rules.
        read = cast(rrule, rrulestr(text, dtstart=datetime.combine(first_day, time(0))))
        dates = read.replace(until=last)
        found = list(islice(dates, min(count or MAX_OCCURRENCES + 1, MAX_OCCURRENCES + 1)))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise SeriesInvalid(field="rule") from error
    if not found:
        raise SeriesInvalid(_("No day fits this repetition."), code="series_empty", field="rule")
    if len(found) > MAX_OCCURRENCES:
        raise SeriesInvalid(
            _("A series has at most %(count)d times.") % {"count": MAX_OCCURRENCES},
            code="series_too_long",
            field="rule",
        )
    return [moment.date() for moment in found]


def rule_clean(rule: str) -> str:
    """The rule as it is kept: without its name, in capitals. Raises `SeriesInvalid`."""
    return ";".join(f"{name}={value}" for name, value in _parts(rule).items())


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:")
    if not text or len(text) > RULE_MAX_LENGTH:
        raise SeriesInvalid(field="rule")
    parts: dict[str, str] = {}
    for piece in text.split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name not in PARTS or name in parts:
            raise SeriesInvalid(field="rule")
        parts[name] = value
    for name, form in (("BYDAY", BY_DAY), ("BYMONTHDAY", BY_MONTH_DAY), ("INTERVAL", INTERVAL)):
        if name in parts and not form.fullmatch(parts[name]):
            raise SeriesInvalid(field="rule")
    if "BYMONTHDAY" in parts and any(sign.isdigit() for sign in parts.get("BYDAY", "")):
        raise SeriesInvalid(field="rule")
    if parts.get("FREQ") not in FREQUENCIES:
        raise SeriesInvalid(
            _("A series repeats by days, weeks or months."), code="series_frequency", field="rule"
        )
    return parts


def _until(text: str | None, time_zone: str) -> datetime | None:
    if text is None:
        return None
    for form, is_utc in _UNTIL_FORMATS:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the clock of the property, or made so below
        except ValueError:
            continue
        if is_utc:
            found = found.replace(tzinfo=UTC).astimezone(time_zone_get(time_zone)).replace(tzinfo=None)
        return datetime.combine(found.date(), time.max)
    raise SeriesInvalid(field="rule")


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise SeriesInvalid(field="rule")
    return int(text)
