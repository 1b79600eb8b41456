"""Periods that are counted from today: "last month" is another one each month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from .types import Period

DAYS_A_WEEK = 7
MONTHS_A_QUARTER = 3


class Preset(models.TextChoices):
    """What can be chosen instead of days."""

    TODAY = "today", _("today")
    YESTERDAY = "yesterday", _("yesterday")
    THIS_WEEK = "this_week", _("this week")
    LAST_WEEK = "last_week", _("last week")
    THIS_MONTH = "this_month", _("this month")
    MONTH_TO_DATE = "month_to_date", _("this month until today")
    LAST_MONTH = "last_month", _("last month")
    NEXT_MONTH = "next_month", _("next month")
    LAST_30 = "last_30", _("last 30 days")
    NEXT_30 = "next_30", _("next 30 days")
    NEXT_90 = "next_90", _("next 90 days")
    THIS_QUARTER = "this_quarter", _("this quarter")
    LAST_QUARTER = "last_quarter", _("last quarter")
    THIS_YEAR = "this_year", _("this year")
    YEAR_TO_DATE = "year_to_date", _("this year until today")
    LAST_YEAR = "last_year", _("last year")


def preset_period(preset: Preset, *, today: date) -> Period:
    """Return the days of a preset, seen from ``today``. Weeks begin on Monday; "last 30 days" end yesterday."""
    return _PERIODS[preset](today)


def _week(today: date, weeks: int) -> Period:
    monday = today - timedelta(days=today.weekday() - weeks * DAYS_A_WEEK)
    return Period(monday, monday + timedelta(days=DAYS_A_WEEK))


def _months(today: date, first: int, count: int) -> Period:
    """Return ``count`` months from the one that is ``first`` months away from today's."""
    return Period(_month_start(today, first), _month_start(today, first + count))


def _month_start(today: date, months: int) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(years, month + 1, 1)


def _quarter(today: date, quarters: int) -> Period:
    into = (today.month - 1) % MONTHS_A_QUARTER
    return _months(today, quarters * MONTHS_A_QUARTER - into, MONTHS_A_QUARTER)


def _days(start: date, count: int) -> Period:
    return Period(start, start + timedelta(days=count))


_PERIODS: dict[Preset, Callable[[date], Period]] = {
    Preset.TODAY: lambda today: _days(today, 1),
    Preset.YESTERDAY: lambda today: _days(today - timedelta(days=1), 1),
    Preset.THIS_WEEK: lambda today: _week(today, 0),
    Preset.LAST_WEEK: lambda today: _week(today, -1),
    Preset.THIS_MONTH: lambda today: _months(today, 0, 1),
    Preset.MONTH_TO_DATE: lambda today: Period.from_days(today.replace(day=1), today),
    Preset.LAST_MONTH: lambda today: _months(today, -1, 1),
    Preset.NEXT_MONTH: lambda today: _months(today, 1, 1),
    Preset.LAST_30: lambda today: _days(today - timedelta(days=30), 30),
    Preset.NEXT_30: lambda today: _days(today, 30),
    Preset.NEXT_90: lambda today: _days(today, 90),
    Preset.THIS_QUARTER: lambda today: _quarter(today, 0),
    Preset.LAST_QUARTER: lambda today: _quarter(today, -1),
    Preset.THIS_YEAR: lambda today: Period.of_year(today.year),
    Preset.YEAR_TO_DATE: lambda today: Period.from_days(today.replace(month=1, day=1), today),
    Preset.LAST_YEAR: lambda today: Period.of_year(today.year - 1),
}
