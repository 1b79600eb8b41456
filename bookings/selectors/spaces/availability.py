"""When spaces are free, and what stands in the way of a wish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from bookings.models import SpaceBooking
from bookings.space_exceptions import SpaceTaken
from bookings.space_transitions import OCCUPYING_STATUSES, SpaceBookingStatus
from core.dates import ONE_DAY, local_datetime, time_zone_get
from core.exceptions import DomainError
from inventory.hourly import Period, SpaceQuote, open_periods, periods_subtract
from inventory.hourly.opening import MIDNIGHT
from inventory.models import Space
from inventory.models.spaces import MINUTES_A_DAY
from inventory.selectors.spaces import space_price

from .rules import slot_problem

WAITING_STATUSES = (SpaceBookingStatus.REQUESTED, SpaceBookingStatus.HELD, SpaceBookingStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class SpaceStart:
    """A time at which a booking may begin, and the longest it may then last, in minutes."""

    start: datetime
    max_minutes: int


def occupying(*, at: datetime) -> QuerySet[SpaceBooking]:
    """Bookings that take their time now: not those that wait for an answer or for money that came too late."""
    return SpaceBooking.objects.filter(status__in=OCCUPYING_STATUSES).exclude(
        Q(status__in=WAITING_STATUSES) & Q(hold_expires_at__lte=at)
    )


def occupied_periods(
    *, space_ids: Collection[int], span: Period, at: datetime, spare: Collection[int] = ()
) -> dict[int, list[Period]]:
    """What is taken of each space within ``span``, buffers included, without the bookings to ``spare``. One query."""
    rows = (
        occupying(at=at)
        .filter(space_id__in=space_ids, occupied_from__lt=span.end, occupied_until__gt=span.start)
        .exclude(pk__in=spare)
        .order_by("occupied_from")
        .values_list("space_id", "occupied_from", "occupied_until")
    )
    taken: dict[int, list[Period]] = defaultdict(list)
    for space_id, start, end in rows:
        taken[space_id].append(Period(start, end))
    return taken


def wish_problem(
    space: Space,
    period: Period,
    *,
    at: datetime,
    taken: Collection[Period],
    persons: int = 1,
    equipment: tuple[str, ...] = (),
    is_staff: bool = False,
) -> DomainError | None:
    """Why a wish cannot be had, by the rules and by what is ``taken``, or None. No query."""
    problem = slot_problem(space, period, at=at, persons=persons, equipment=equipment, is_staff=is_staff)
    if problem is not None:
        return problem
    needed = period.widened(before=space.buffer_before_minutes, after=space.buffer_after_minutes)
    met = [other for other in taken if other.overlaps(needed)]
    return SpaceTaken.at_times(met) if met else None


def wish_check(
    space: Space,
    period: Period,
    *,
    at: datetime,
    persons: int = 1,
    equipment: tuple[str, ...] = (),
    is_staff: bool = False,
    spare: Collection[int] = (),
) -> SpaceQuote:
    """What a wish costs. One query. Raises `SpaceTimeInvalid` or `SpaceTaken` where it cannot be had."""
    needed = period.widened(before=space.buffer_before_minutes, after=space.buffer_after_minutes)
    taken = occupied_periods(space_ids=[space.pk], span=needed, at=at, spare=spare)
    problem = wish_problem(
        space,
        period,
        at=at,
        taken=taken[space.pk],
        persons=persons,
        equipment=equipment,
        is_staff=is_staff,
    )
    if problem is not None:
        raise problem
    return space_price(space, period)


def days_taken(space: Space, *, first: date, last: date, at: datetime) -> list[Period]:
    """What is taken of a space around some days, both included: for `space_free` and `space_starts` of each.

    One query.
    """
    ahead = (2 + space.max_minutes // MINUTES_A_DAY) * ONE_DAY
    zone = space.property.time_zone
    span = Period(
        local_datetime(first - 2 * ONE_DAY, MIDNIGHT, zone), local_datetime(last + 2 * ahead, MIDNIGHT, zone)
    )
    return occupied_periods(space_ids=[space.pk], span=span, at=at)[space.pk]


def space_free(
    space: Space,
    *,
    first: date,
    last: date,
    at: datetime,
    is_staff: bool = False,
    taken: Collection[Period] | None = None,
) -> list[Period]:
    """When a booking may lie between two days of the property, both included, in order.

    One query; none with ``taken`` given. Buffers are taken off already; stretches shorter than the
    shortest booking are left out.
    """
    zone_name = space.property.time_zone
    stretches = open_periods(
        hours=list(space.hours.all()),
        closures=list(space.closures.all()),
        time_zone=zone_name,
        first=first - ONE_DAY,
        last=last + (1 + space.max_minutes // MINUTES_A_DAY) * ONE_DAY,
    )
    window = Period(
        local_datetime(first, MIDNIGHT, zone_name), local_datetime(last + ONE_DAY, MIDNIGHT, zone_name)
    )
    if not stretches:
        return []
    taken = occupied_periods(space_ids=[space.pk], span=Period(stretches[0].start, stretches[-1].end), at=at)[
        space.pk
    ]
    before, after = space.buffer_before_minutes, space.buffer_after_minutes
    gone = [period.widened(before=after, after=before) for period in taken]
    if not is_staff:
        gone.append(Period(window.start - 2 * ONE_DAY, at))
    shortest = timedelta(minutes=space.min_minutes)
    return [
        period
        for period in periods_subtract(stretches, [one for one in gone if one.start < one.end])
        if period.start < window.end and window.start < period.end and period.end - period.start >= shortest
    ]


def space_starts(
    space: Space,
    *,
    day: date,
    at: datetime,
    is_staff: bool = False,
    taken: Collection[Period] | None = None,
) -> list[SpaceStart]:
    """Every time of a day of the property at which a booking may begin. One query; none with ``taken`` given."""
    zone = time_zone_get(space.property.time_zone)
    step = timedelta(minutes=space.step_minutes)
    stretches = open_periods(
        hours=list(space.hours.all()),
        closures=list(space.closures.all()),
        time_zone=space.property.time_zone,
        first=day - ONE_DAY,
        last=day + (1 + space.max_minutes // MINUTES_A_DAY) * ONE_DAY,
    )
    starts: list[SpaceStart] = []
    for free in space_free(space, first=day, last=day, at=at, is_staff=is_staff, taken=taken):
        stretch = next(one for one in stretches if one.contains(free))
        start = stretch.start + -(-(free.start - stretch.start) // step) * step
        while start + timedelta(minutes=space.min_minutes) <= free.end:
            longest = min(int((free.end - start) / timedelta(minutes=1)), space.max_minutes)
            longest -= longest % space.step_minutes
            fits = longest >= space.min_minutes and start.astimezone(zone).date() == day
            if (
                fits
                and slot_problem(
                    space, Period(start, start + timedelta(minutes=longest)), at=at, is_staff=is_staff
                )
                is None
            ):
                starts.append(SpaceStart(start, longest))
            start += step
    return starts
