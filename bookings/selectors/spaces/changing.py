"""What changing bookings of spaces would do, before anybody does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from bookings.models import SpaceBooking
from bookings.space_exceptions import ChangeNeedsApproval, ChangeTooLate, SpaceTaken
from bookings.space_terms import fee_at
from bookings.space_transitions import SpaceBookingStatus
from bookings.space_types import ChangedOccurrence, SpaceChange, SpaceChangePreview
from core.dates import property_now
from core.exceptions import DomainError
from inventory.hourly import Period, TimeSkipped, instant_of
from inventory.models import Space
from inventory.selectors.spaces import space_price

from .availability import occupied_periods
from .rules import slot_problem


def space_change_preview(
    *,
    space: Space,
    named: SpaceBooking,
    bookings: Sequence[SpaceBooking],
    change: SpaceChange,
    at: datetime | None = None,
    is_staff: bool = False,
) -> SpaceChangePreview:
    """Where each of ``bookings`` would go, what it would cost, and why it cannot. One query: the space is complete.

    In a series every booking moves by as many days as the ``named`` one, to the same time of the property's clock. A
    guest moves what is free to cancel; what the house has agreed to stays at its time.
    """
    at = at or timezone.now()
    moved = [_moved(space, named, booking, change) for booking in bookings]
    before, after = space.buffer_before_minutes, space.buffer_after_minutes
    known = [period for period in moved if isinstance(period, Period)]
    others: list[Period] = []
    if known:
        span = Period(min(period.start for period in known), max(period.end for period in known)).widened(
            before=before, after=after
        )
        spare = [booking.pk for booking in bookings]
        others = occupied_periods(space_ids=[space.pk], span=span, at=at, spare=spare)[space.pk]
    occurrences: list[ChangedOccurrence] = []
    for booking, period in zip(bookings, moved, strict=True):
        stays = Period(booking.start, booking.end)
        if isinstance(period, TimeSkipped):
            occurrences.append(ChangedOccurrence(booking, stays, space_price(space, stays), period))
            continue
        problem = _problem(space, booking, period, change=change, others=others, at=at, is_staff=is_staff)
        if problem is None:
            others.append(period.widened(before=before, after=after))
        occurrences.append(ChangedOccurrence(booking, period, space_price(space, period), problem))
    return SpaceChangePreview(
        occurrences=tuple(occurrences),
        before=sum((booking.total for booking in bookings), Decimal(0)),
        after=sum((one.new_total for one in occurrences), Decimal(0)),
        currency=named.currency,
    )


def _moved(
    space: Space, named: SpaceBooking, booking: SpaceBooking, change: SpaceChange
) -> Period | TimeSkipped:
    length = timedelta(minutes=change.minutes) if change.minutes else booking.end - booking.start
    if change.start is None:
        return Period(booking.start, booking.start + length)
    if booking.pk == named.pk:
        return Period(change.start, change.start + length)
    zone = space.property.time_zone
    target = property_now(zone, change.start)
    days = target.date() - property_now(zone, named.start).date()
    day = property_now(zone, booking.start).date() + days
    try:
        start = instant_of(day, target.time().replace(fold=0), zone)
    except TimeSkipped as skipped:
        return skipped
    return Period(start, start + length)


def _problem(
    space: Space,
    booking: SpaceBooking,
    period: Period,
    *,
    change: SpaceChange,
    others: Sequence[Period],
    at: datetime,
    is_staff: bool,
) -> DomainError | None:
    persons = booking.persons if change.persons is None else change.persons
    equipment = tuple(booking.equipment) if change.equipment is None else change.equipment
    is_elsewhen = (period.start, period.end) != (booking.start, booking.end)
    if not is_elsewhen:
        wish_only = slot_problem(space, period, at=booking.start, persons=persons, equipment=equipment)
        return wish_only if wish_only and wish_only.field in ("persons", "equipment") else None
    if not is_staff:
        if fee_at(booking, at=at) > 0:
            return ChangeTooLate()
        if booking.terms.get("needs_approval") and booking.status != SpaceBookingStatus.REQUESTED:
            return ChangeNeedsApproval()
    problem = slot_problem(space, period, at=at, persons=persons, equipment=equipment, is_staff=is_staff)
    if problem is not None:
        return problem
    needed = period.widened(before=space.buffer_before_minutes, after=space.buffer_after_minutes)
    met = [other for other in others if other.overlaps(needed)]
    return SpaceTaken.at_times(met) if met else None
