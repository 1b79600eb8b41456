"""Reading the calendar of another channel: which nights does it want?

A night belongs to the event that spans the midnight at its end, on the property's clock: an event from the 1st at
15:00 to the 3rd at 11:00 takes the nights of the 1st and the 2nd, one within a day takes none. Whole days are nights
as they stand. Whether an event says "free" or "busy" (TRANSP) does not matter, because calendar programs call whole
days free unless told otherwise; what is cancelled takes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

import recurring_ical_events
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from core.dates import ONE_DAY, time_zone_get
from core.exceptions import ValidationFailed

UID_MAX_LENGTH = 255
SUMMARY_MAX_LENGTH = 200
EVENTS_MAX = 5_000
SERIES_MAX = 200
SERIES_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""An event every hour is not a stay, and would cost what nobody wants to pay."""
TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")


class FeedUnreadable(ValidationFailed):
    """It is not a calendar, or one that nobody can mean."""

    code = "calendar_unreadable"
    message = _("This is not a calendar that can be read.")


class FeedTooLong(FeedUnreadable):
    """More events than a room type can have."""

    code = "calendar_too_long"
    message = _("This calendar has more events than a room type can have.")


@dataclass(frozen=True, slots=True, order=True)
class FeedEvent:
    """The nights ``[start, end)`` that an event takes. ``occurrence`` tells the events of a series apart."""

    start: date
    end: date
    uid: str
    occurrence: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class FeedRead:
    """What a calendar says of a time. ``unreadable`` are UIDs of events that cannot be understood."""

    events: tuple[FeedEvent, ...]
    unreadable: frozenset[str] = field(default_factory=frozenset)


def feed_read(body: bytes, *, time_zone: str, first: date, end: date) -> FeedRead:
    """The events that take a night of ``[first, end)``, in order; whole, also where they reach beyond.

    Series are written out. Raises `FeedUnreadable` and `FeedTooLong`.
    """
    calendar = _calendar(body)
    plain, series, unreadable = _sorted_out(calendar)
    found: dict[tuple[str, str], FeedEvent] = {}

    def note(event: Event, occurrence: str) -> None:
        nights = _nights(event, time_zone)
        if nights is None or nights[1] <= first or nights[0] >= end:
            return
        read = FeedEvent(*nights, uid=_uid(event), occurrence=occurrence, summary=_summary(event))
        found[read.uid, read.occurrence] = read
        if len(found) > EVENTS_MAX:
            raise FeedTooLong(data={"max_events": EVENTS_MAX})

    for (_name, occurrence), event in plain.items():
        note(event, occurrence)
    for uid, one in series.items():
        try:
            occurrences = recurring_ical_events.of(one).between(first - ONE_DAY, end + ONE_DAY)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            unreadable.add(uid)
            continue
        for event in occurrences:
            if not _is_cancelled(event):
                note(event, _planned_for(event))
    return FeedRead(events=tuple(sorted(found.values())), unreadable=frozenset(unreadable))


def _calendar(body: bytes) -> Calendar:
    try:
        calendar = Calendar.from_ical(body)
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    ) as error:  # whatever garbage provokes
        raise FeedUnreadable from error
    if not isinstance(calendar, Calendar) or calendar.name != "VCALENDAR":
        raise FeedUnreadable
    return calendar


def _sorted_out(
    calendar: Calendar,
) -> tuple[dict[tuple[str, str], Event], dict[str, Calendar], set[str]]:
    """Single events by UID, a calendar for each series with its exceptions, and the UIDs not to be understood."""
    events = [cast(Event, component) for component in calendar.walk("VEVENT")]
    in_series = {_uid(event) for event in events if "RRULE" in event or "RDATE" in event}
    if len(in_series) > SERIES_MAX:
        raise FeedTooLong(data={"max_series": SERIES_MAX})
    unreadable = {_uid(event) for event in events if not _is_readable(event)}
    time_zones = [component for component in calendar.subcomponents if component.name == "VTIMEZONE"]
    series: dict[str, Calendar] = {}
    plain: dict[tuple[str, str], Event] = {}
    for event in events:
        uid = _uid(event)
        if uid in unreadable:
            continue
        if uid in in_series:
            if uid not in series:
                series[uid] = Calendar()
                series[uid].subcomponents.extend(time_zones)
            series[uid].add_component(event)
            continue
        key = uid, _planned_for(event) if "RECURRENCE-ID" in event else ""
        if _sequence(event) >= _sequence(plain.get(key)):
            plain[key] = event  # of two versions of an event the later one counts
    return {key: event for key, event in plain.items() if not _is_cancelled(event)}, series, unreadable


def _planned_for(event: Event) -> str:
    """Which one of a series: by the date it was planned for, so that one that is moved stays the same one."""
    planned: Any = event.get("RECURRENCE-ID") or event["DTSTART"]
    moment = planned.dt
    if not isinstance(moment, date):
        raise TypeError("an event of a series is planned for a date")
    return moment.isoformat()[:40]


def _nights(event: Event, time_zone: str) -> tuple[date, date] | None:
    """The nights an event takes on the property's calendar; None if it spans no midnight."""
    start = event.decoded("DTSTART")
    is_day = not isinstance(start, datetime)
    if "DTEND" in event:
        end = event.decoded("DTEND")
    elif "DURATION" in event:
        end = start + event.decoded("DURATION")
    else:
        end = start + ONE_DAY if is_day else start
    first, last = _local_date(start, time_zone), _local_date(end, time_zone)
    if is_day and last <= first:
        last = first + ONE_DAY  # some write a single night with the same date twice
    return (first, last) if last > first else None


def _local_date(moment: date | datetime, time_zone: str) -> date:
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        return moment.date()  # "floating": on whatever clock it is read
    return moment.astimezone(time_zone_get(time_zone)).date()


def _is_readable(event: Event) -> bool:
    """Whether its dates make sense, and its rule, if it has one, is about days."""
    try:
        start = event.decoded("DTSTART")
        end = event.decoded("DTEND") if "DTEND" in event else start
        duration = event.decoded("DURATION") if "DURATION" in event else timedelta(0)
        if not isinstance(start, date) or not isinstance(end, date) or duration < timedelta(0):
            return False
        _planned_for(event)
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if not set(rule.get("FREQ", [])) <= SERIES_FREQUENCIES:
                return False
            if any(len(rule.get(part, [])) > 1 for part in TIMES_OF_DAY):
                return False
        return _nights(event, "UTC") is not None or "RRULE" in event or start <= end
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return False


def _is_cancelled(event: Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _sequence(event: Event | None) -> int:
    if event is None:
        return -1
    try:
        return int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def _uid(event: Event) -> str:
    """An event's name, or one made of what it says where it has none (or one that is too long)."""
    uid = str(event.get("UID", "")).strip()
    if 0 < len(uid) <= UID_MAX_LENGTH and uid.isprintable():
        return uid
    said = uid or "|".join(_raw(event.get(name)) for name in ("DTSTART", "DTEND", "SUMMARY"))
    return f"unnamed-{hashlib.sha256(said.encode()).hexdigest()}"


def _raw(value: Any) -> str:
    return value.to_ical().decode(errors="replace") if hasattr(value, "to_ical") else str(value)


def _summary(event: Event) -> str:
    """One printable line."""
    text = " ".join(str(event.get("SUMMARY", "")).split())
    return "".join(letter for letter in text if letter.isprintable())[:SUMMARY_MAX_LENGTH]
