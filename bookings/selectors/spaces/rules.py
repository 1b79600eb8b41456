"""Whether a space may be booked for a time at all, whoever else wants it. No query: the space is complete."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from bookings.space_exceptions import SpaceTimeInvalid, time_invalid
from core.dates import ONE_DAY, property_today, time_zone_get
from inventory.hourly import Period, open_periods
from inventory.models import Space

PURPOSE_MAX_LENGTH = 200


def slot_problem(
    space: Space,
    period: Period,
    *,
    at: datetime,
    persons: int = 1,
    equipment: tuple[str, ...] = (),
    is_staff: bool = False,
) -> SpaceTimeInvalid | None:
    """Why the space cannot be booked for the period, or None. Staff may book what has begun, and far ahead."""
    return _of_time(space, period, at=at, is_staff=is_staff) or _of_wish(space, persons, equipment)


def opening(space: Space, period: Period) -> Period | None:
    """The stretch of opening hours that the period lies in as a whole."""
    zone = time_zone_get(space.property.time_zone)
    first, last = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
    stretches = open_periods(
        hours=list(space.hours.all()),
        closures=list(space.closures.all()),
        time_zone=space.property.time_zone,
        first=first - ONE_DAY,
        last=last,
    )
    return next((stretch for stretch in stretches if stretch.contains(period)), None)


def _of_time(space: Space, period: Period, *, at: datetime, is_staff: bool) -> SpaceTimeInvalid | None:
    step = timedelta(minutes=space.step_minutes)
    length = period.end - period.start
    if length <= timedelta(0):
        return time_invalid("space_times_reversed", _("It ends before it begins."), field="end")
    if length < timedelta(minutes=space.min_minutes):
        return time_invalid(
            "space_too_short",
            _("It is let for at least %(minutes)d minutes.") % {"minutes": space.min_minutes},
            field="end",
            min_minutes=space.min_minutes,
        )
    if length > timedelta(minutes=space.max_minutes):
        return time_invalid(
            "space_too_long",
            _("It is let for at most %(minutes)d minutes.") % {"minutes": space.max_minutes},
            field="end",
            max_minutes=space.max_minutes,
        )
    if is_staff:
        if period.end <= at:
            return time_invalid("space_past", _("This time is over."))
    elif period.start < at:
        return time_invalid("space_past", _("This time is over."))
    else:
        today = property_today(space.property.time_zone, at)
        day = period.start.astimezone(time_zone_get(space.property.time_zone)).date()
        if (day - today).days > space.max_days_ahead:
            return time_invalid(
                "space_too_far_ahead",
                _("It can be booked at most %(days)d days ahead.") % {"days": space.max_days_ahead},
                max_days_ahead=space.max_days_ahead,
            )
    stretch = opening(space, period)
    if stretch is None:
        return time_invalid("space_closed", _("The space is not open during all of this time."))
    if (period.start - stretch.start) % step or length % step:
        return time_invalid(
            "space_step",
            _("It is let in steps of %(minutes)d minutes.") % {"minutes": space.step_minutes},
            step_minutes=space.step_minutes,
        )
    return None


def _of_wish(space: Space, persons: int, equipment: tuple[str, ...]) -> SpaceTimeInvalid | None:
    if not 1 <= persons <= space.capacity:
        return time_invalid(
            "space_too_small",
            _("The space is for at most %(persons)d persons.") % {"persons": space.capacity},
            field="persons",
            capacity=space.capacity,
        )
    missing = sorted(set(equipment) - {piece.code for piece in space.equipment.all()})
    if missing:
        return time_invalid(
            "space_equipment_missing",
            _("The space does not have all of this equipment."),
            field="equipment",
            missing=missing,
        )
    return None
