"""Bringing the events that we know of a calendar to what it says now.

A calendar that suddenly says much less is not believed at once: where nothing is left of it, or more than half of
the events that are not over (and at least three) are gone, what is gone stays blocked. It is believed when it still
says so six hours after it was first seen, or when staff accept it. What is new or moved counts at once, always.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from inventory.channels import FeedEvent, FeedRead, uid_is_ours
from inventory.models import ExternalCalendar, ExternalEvent

from .report import ImportReport

SHRINK_EVENTS_MIN = 3
SHRINK_BELIEVED_AFTER_HOURS = 6
EVENTS_KEPT_DAYS = 31
"""So long events that are over are still shown."""


@dataclass(slots=True)
class _Sorted:
    """The events of a calendar against those we know."""

    same: list[tuple[ExternalEvent, FeedEvent]] = field(default_factory=list)
    new: list[FeedEvent] = field(default_factory=list)
    gone: list[ExternalEvent] = field(default_factory=list)


def events_merge(
    calendar: ExternalCalendar,
    read: FeedRead,
    *,
    today: date,
    at: datetime,
    is_accepting: bool,
    report: ImportReport,
) -> list[ExternalEvent]:
    """Add, move and rename events, and return those that are gone: their nights are to be released, then they go.

    Sets ``shrunk_at`` of the calendar and whether that was reported; the caller saves both. Up to four statements.
    """
    theirs = [
        event for event in read.events if not uid_is_ours(event.uid, room_type_id=calendar.room_type_id)
    ]
    known = list(ExternalEvent.objects.filter(calendar_id=calendar.pk).order_by("start", "pk"))
    live = [event for event in known if event.end > today]
    found = _sort(theirs, known, live, unreadable=read.unreadable)
    report.own = len(read.events) - len(theirs)
    report.unreadable = sorted(read.unreadable)
    _write(calendar, found, report)
    is_shrunk = bool(found.gone) and (
        (len(found.gone) == len(live) and not theirs)
        or (len(found.gone) >= SHRINK_EVENTS_MIN and 2 * len(found.gone) > len(live))
    )
    if not is_shrunk or is_accepting or _is_believed(calendar, at):
        if calendar.shrunk_at is not None:
            calendar.shrunk_at = calendar.problem_reported_at = None
        report.removed = [str(event) for event in found.gone]
        return found.gone
    if calendar.shrunk_at is None:
        calendar.shrunk_at, calendar.problem_reported_at = at, None
    report.kept = [str(event) for event in found.gone]
    return []


def _is_believed(calendar: ExternalCalendar, at: datetime) -> bool:
    since = calendar.shrunk_at
    return since is not None and at - since >= timedelta(hours=SHRINK_BELIEVED_AFTER_HOURS)


def _sort(
    theirs: list[FeedEvent],
    known: list[ExternalEvent],
    live: list[ExternalEvent],
    *,
    unreadable: frozenset[str],
) -> _Sorted:
    """Match by UID, then by nights: some channels give their events new names each time."""
    found = _Sorted()
    by_name = {(event.uid, event.occurrence): event for event in known}
    unmatched: list[FeedEvent] = []
    for said in theirs:
        event = by_name.pop((said.uid, said.occurrence), None)
        if event is None:
            unmatched.append(said)
        else:
            found.same.append((event, said))
    left = {event.pk for event in by_name.values()}
    gone = [event for event in live if event.pk in left and event.uid not in unreadable]
    by_nights: dict[tuple[date, date], list[ExternalEvent]] = {}
    for event in gone:
        by_nights.setdefault((event.start, event.end), []).append(event)
    for said in unmatched:
        renamed = by_nights.get((said.start, said.end))
        if renamed:
            found.same.append((renamed.pop(0), said))
        else:
            found.new.append(said)
    found.gone = [event for events in by_nights.values() for event in events]
    return found


def _write(calendar: ExternalCalendar, found: _Sorted, report: ImportReport) -> None:
    fresh = [
        ExternalEvent(
            calendar=calendar,
            uid=said.uid,
            occurrence=said.occurrence,
            start=said.start,
            end=said.end,
            summary=said.summary,
        )
        for said in found.new
    ]
    touched = []
    for event, said in found.same:
        before = (event.start, event.end)
        values = (said.uid, said.occurrence, said.start, said.end, said.summary)
        if values == (event.uid, event.occurrence, event.start, event.end, event.summary):
            continue
        event.uid, event.occurrence, event.start, event.end, event.summary = values
        touched.append(event)
        if (said.start, said.end) != before:
            report.changed.append(str(event))
    report.added = [str(event) for event in fresh]
    ExternalEvent.objects.bulk_update(touched, ["uid", "occurrence", "start", "end", "summary"])
    ExternalEvent.objects.bulk_create(fresh)
