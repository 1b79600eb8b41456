"""A week of spaces as grids show it: by hours for one, by days for all of a house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bookings.models import SpaceBooking
from core.dates import (
    ONE_DAY,
    date_range,
    local_datetime,
    monday_of,
    property_now,
    property_today,
    time_zone_get,
)
from inventory.hourly import Period, instants_of, open_periods, periods_subtract
from inventory.hourly.opening import MIDNIGHT
from inventory.models import Space

from .availability import occupying

WEEK_DAYS = 7
HALF_HOUR, HOUR = 30, 60
MINUTES_A_DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class SpaceDay:
    """One day of a space: when it is open, when a booking may lie, and what takes place, in order."""

    day: date
    is_today: bool
    opened: tuple[Period, ...]
    free: tuple[Period, ...]
    bookings: tuple[SpaceBooking, ...]


@dataclass(frozen=True, slots=True)
class SpaceWeek:
    """Seven days of a space."""

    space: Space
    days: tuple[SpaceDay, ...]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of the hours: ``kind`` is closed, free, past, taken, buffer or skipped; it spans ``rows`` rows."""

    day: date
    kind: str
    rows: int = 1
    start: datetime | None = None
    bookings: tuple[SpaceBooking, ...] = ()


@dataclass(slots=True)
class GridRow:
    """One row of the hours, with the cells that begin in it."""

    clock: time
    cells: list[GridCell] = field(default_factory=list)


def spaces_week(
    spaces: Sequence[Space], *, first: date, at: datetime, days: int = WEEK_DAYS, is_staff: bool = False
) -> list[SpaceWeek]:
    """Some days of complete spaces of one house from ``first`` on. One query however many there are.

    For guests what is past is not free. The bookings come with their series and stay.
    """
    if not spaces:
        return []
    zone = spaces[0].property.time_zone
    window = Period(
        local_datetime(first, MIDNIGHT, zone), local_datetime(first + days * ONE_DAY, MIDNIGHT, zone)
    )
    rows = (
        occupying(at=at)
        .filter(
            space_id__in=[space.pk for space in spaces],
            occupied_from__lt=window.end + ONE_DAY,
            occupied_until__gt=window.start - ONE_DAY,
        )
        .select_related("series", "stay")
        .order_by("start", "pk")
    )
    by_space: dict[int, list[SpaceBooking]] = defaultdict(list)
    for booking in rows:
        by_space[booking.space_id].append(booking)
    return [
        _week(space, by_space[space.pk], first=first, days=days, at=at, is_staff=is_staff) for space in spaces
    ]


def _week(
    space: Space, bookings: list[SpaceBooking], *, first: date, days: int, at: datetime, is_staff: bool
) -> SpaceWeek:
    zone = space.property.time_zone
    today = property_today(zone, at)
    opened = open_periods(
        hours=list(space.hours.all()),
        closures=list(space.closures.all()),
        time_zone=zone,
        first=first - ONE_DAY,
        last=first + days * ONE_DAY,
    )
    before, after = space.buffer_before_minutes, space.buffer_after_minutes
    gone = [
        Period(one.occupied_from, one.occupied_until).widened(before=after, after=before) for one in bookings
    ]
    if not is_staff and opened and opened[0].start < at:
        gone.append(Period(opened[0].start, at))
    shortest = timedelta(minutes=space.min_minutes)
    cut = (_from_step(one, opened, space) for one in periods_subtract(opened, gone))
    free = [one for one in cut if one.end - one.start >= shortest]
    found = []
    for day in date_range(first, first + days * ONE_DAY):
        whole = Period(local_datetime(day, MIDNIGHT, zone), local_datetime(day + ONE_DAY, MIDNIGHT, zone))
        found.append(
            SpaceDay(
                day=day,
                is_today=day == today,
                opened=_within(opened, whole),
                free=_within(free, whole),
                bookings=tuple(one for one in bookings if whole.overlaps(Period(one.start, one.end))),
            )
        )
    return SpaceWeek(space, tuple(found))


def _from_step(free: Period, opened: Sequence[Period], space: Space) -> Period:
    """A free stretch from the first time on at which one may begin: in steps, counted from the opening."""
    step = timedelta(minutes=space.step_minutes)
    stretch = next(one for one in opened if one.contains(free))
    return Period(stretch.start + -(-(free.start - stretch.start) // step) * step, free.end)


def _within(periods: Sequence[Period], whole: Period) -> tuple[Period, ...]:
    return tuple(
        Period(max(one.start, whole.start), min(one.end, whole.end)) for one in periods if one.overlaps(whole)
    )


def hour_grid(week: SpaceWeek, *, at: datetime, is_staff: bool = False) -> list[GridRow]:
    """The week by half hours (or hours, where it is let by whole hours), from the first opening to the last closing.

    Rows that a day has in common with the one above are one cell. An hour that the clock shows twice is one row, one
    that it skips says so. No query.
    """
    space = week.space
    minutes = HALF_HOUR if space.step_minutes % HOUR or space.min_minutes % HOUR else HOUR
    clocks = _clocks(week, minutes)
    rows = [GridRow(clock) for clock in clocks]
    for day in week.days:
        previous: tuple[object, ...] | None = None
        for place, clock in enumerate(clocks):
            cell = _cell(week.space, day, clock, minutes, at=at, is_staff=is_staff)
            same = (cell.kind, cell.bookings)
            if same == previous and cell.kind != "free":
                _stretch(rows, day.day, place)
            else:
                rows[place].cells.append(cell)
            previous = same
    return rows


def _stretch(rows: list[GridRow], day: date, place: int) -> None:
    """Let the last cell of a day reach one row further."""
    for row in reversed(rows[:place]):
        for index, cell in enumerate(row.cells):
            if cell.day == day:
                row.cells[index] = GridCell(cell.day, cell.kind, cell.rows + 1, cell.start, cell.bookings)
                return


def _clocks(week: SpaceWeek, minutes: int) -> list[time]:
    """The times of the clock at which rows begin; two in the morning to five where it is never open."""
    zone = time_zone_get(week.space.property.time_zone)
    starts: list[int] = []
    ends: list[int] = []
    for day in week.days:
        for one in (*day.opened, *(Period(booking.start, booking.end) for booking in day.bookings)):
            start, end = one.start.astimezone(zone), one.end.astimezone(zone)
            starts.append(start.hour * HOUR + start.minute if start.date() == day.day else 0)
            ends.append(end.hour * HOUR + end.minute if end.date() == day.day else MINUTES_A_DAY)
    if not starts:
        return []
    first = min(starts) // minutes * minutes
    return [time(at // HOUR, at % HOUR) for at in range(first, max(ends), minutes)]


def _cell(
    space: Space, day: SpaceDay, clock: time, minutes: int, *, at: datetime, is_staff: bool
) -> GridCell:
    instants = instants_of(day.day, clock, space.property.time_zone)
    if not instants:
        return GridCell(day.day, "skipped")
    slot = Period(instants[0], instants[-1] + timedelta(minutes=minutes))
    met = tuple(one for one in day.bookings if slot.overlaps(Period(one.start, one.end)))
    if met:
        return GridCell(day.day, "taken", bookings=met)
    if not any(one.overlaps(slot) for one in day.opened):
        return GridCell(day.day, "closed")
    free = next((one for one in day.free if one.overlaps(slot)), None)
    if free is not None:
        step = timedelta(minutes=space.step_minutes)
        start = free.start + max(-(-(slot.start - free.start) // step), 0) * step
        if start < slot.end and start + timedelta(minutes=space.min_minutes) <= free.end:
            return GridCell(day.day, "free", start=start)
    if slot.end <= at or (not is_staff and slot.start < at):
        return GridCell(day.day, "past")
    return GridCell(day.day, "buffer")


def week_start(text: str | None, *, time_zone: str, at: datetime) -> date:
    """The Monday of the week that an address asks for (``YYYY-MM-DD``), or of today."""
    today = property_now(time_zone, at).date()
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        asked = today
    asked = min(max(asked, today - timedelta(days=1100)), today + timedelta(days=1100))
    return monday_of(asked)
