"""Bookings of spaces for which it is time that something happens. One query each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from bookings.models import SpaceBooking
from bookings.space_transitions import AGREED_STATUSES, SpaceBookingStatus

from .availability import WAITING_STATUSES

REMINDER_HOURS = 24
REMINDER_AT_LEAST_HOURS = 6
"""Who books shortly before it begins has just read everything."""


def space_waits_over(*, at: datetime, limit: int) -> list[int]:
    """Requests without an answer and times without their money, the oldest first."""
    rows = SpaceBooking.objects.filter(status__in=WAITING_STATUSES, hold_expires_at__lte=at)
    return list(rows.order_by("hold_expires_at").values_list("pk", flat=True)[:limit])


def space_no_shows_due(*, at: datetime, limit: int) -> list[int]:
    """Agreed times where somebody should have checked in by now, the oldest first."""
    waited = ExpressionWrapper(
        F("start")
        + Cast(KT("terms__no_show_minutes"), IntegerField()) * Value(timedelta(minutes=1), DurationField()),
        output_field=DateTimeField(),
    )
    rows = (
        SpaceBooking.objects.filter(status__in=AGREED_STATUSES, start__lte=at, terms__needs_check_in=True)
        .alias(given_up_at=waited)
        .filter(given_up_at__lte=at)
    )
    return list(rows.order_by("start").values_list("pk", flat=True)[:limit])


def space_completions_due(*, at: datetime, limit: int) -> list[int]:
    """What is over: checked in, or agreed where nobody checks in; the oldest first."""
    came = Q(status=SpaceBookingStatus.CHECKED_IN)
    needs_nobody = Q(status__in=AGREED_STATUSES, terms__needs_check_in=False)
    rows = SpaceBooking.objects.filter(came | needs_nobody, end__lte=at, start__lte=at)
    return list(rows.order_by("end").values_list("pk", flat=True)[:limit])


def space_reminders_due(*, at: datetime, limit: int) -> list[int]:
    """What begins within a day, was booked at least six hours before, and of which nobody has been reminded."""
    rows = SpaceBooking.objects.filter(
        status__in=AGREED_STATUSES,
        start__gt=at,
        start__lte=at + timedelta(hours=REMINDER_HOURS),
        reminded_at=None,
        created_at__lte=F("start") - timedelta(hours=REMINDER_AT_LEAST_HOURS),
    ).exclude(guest_email="")
    return list(rows.order_by("start").values_list("pk", flat=True)[:limit])
