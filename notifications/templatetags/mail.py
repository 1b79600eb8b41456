"""`{% load mail %}`: what a message's plain JSON context holds, as people write it."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from core.dates import time_zone_get
from core.formats import format_day

register = template.Library()


@register.filter
def day(text: str) -> str:
    """Give `2026-11-20` as `Fri, 20 Nov 2026` in the reader's language."""
    return format_day(date.fromisoformat(text))


@register.filter
def instant(text: str, time_zone: str) -> str:
    """Give an ISO instant as day and time on the clock of ``time_zone``: `Fri, 20 Nov 2026, 15:00`."""
    local = datetime.fromisoformat(text).astimezone(time_zone_get(time_zone))
    return f"{format_day(local.date())}, {local:%H:%M}"


@register.filter
def clock(text: str, time_zone: str) -> str:
    """Give an ISO instant as the time on the clock of ``time_zone``: `15:00`."""
    return f"{datetime.fromisoformat(text).astimezone(time_zone_get(time_zone)):%H:%M}"


@register.filter
def is_money(text: str) -> bool:
    """Say whether an amount is more than nothing."""
    return any(digit in text for digit in "123456789")
