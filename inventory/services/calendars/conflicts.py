"""Conflicts: nights that an outside event needs and that are sold. One open row per event, until it is resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.exceptions import NotFound
from inventory.models import CalendarConflict, ConflictEnd, ConflictState, ExternalCalendar, ExternalEvent

from .report import ImportReport

logger = structlog.get_logger(__name__)

Nights = Mapping[date, int]


def conflicts_update(
    calendar: ExternalCalendar,
    events: Iterable[ExternalEvent],
    missing: Mapping[int, Nights],
    *,
    at: datetime,
    report: ImportReport,
) -> None:
    """Open, grow, shrink and resolve the conflicts of a calendar. Two queries and one for each that changes.

    One that staff have taken care of is not opened again unless it grows. One that grows is reported again.
    """
    open_by_event = {
        conflict.event_id: conflict
        for conflict in CalendarConflict.objects.filter(calendar=calendar, state=ConflictState.OPEN)
    }
    settled = {
        conflict.event_id: conflict
        for conflict in CalendarConflict.objects.filter(
            calendar=calendar, event__in=list(missing), resolution=ConflictEnd.STAFF
        ).order_by("resolved_at", "pk")
    }
    for event in events:
        nights = missing.get(event.pk)
        conflict = open_by_event.pop(event.pk, None)
        if nights and conflict is None and not _covers(settled.get(event.pk), nights):
            _open(calendar, event, nights)
            report.conflicts_opened += 1
        elif nights and conflict is not None:
            _adjust(conflict, event, nights)
        elif conflict is not None:
            _resolve(conflict, ConflictEnd.BLOCKED, at=at)
            report.conflicts_resolved += 1
    for conflict in open_by_event.values():
        _resolve(conflict, ConflictEnd.VANISHED, at=at)
        report.conflicts_resolved += 1
    report.conflicts_open = CalendarConflict.objects.filter(
        calendar=calendar, state=ConflictState.OPEN
    ).count()


def conflict_resolve(
    *, conflict_id: int, actor: User | None = None, at: datetime | None = None
) -> CalendarConflict:
    """Staff have taken care of a conflict, by another room or another house. Raises `NotFound`.

    Nothing is blocked by it; should rooms become free while the event stands, they are blocked all the same.
    """
    with transaction.atomic():
        conflict = CalendarConflict.objects.select_for_update().filter(pk=conflict_id).first()
        if conflict is None:
            raise NotFound
        if conflict.state == ConflictState.OPEN:
            _resolve(conflict, ConflictEnd.STAFF, at=at or timezone.now())
            logger.info(
                "calendar_conflict_resolved",
                conflict_id=conflict_id,
                actor_id=None if actor is None else actor.pk,
            )
    return conflict


def _covers(conflict: CalendarConflict | None, nights: Nights) -> bool:
    return (
        conflict is not None
        and set(nights) <= set(conflict.nights)
        and max(nights.values()) <= conflict.rooms_missing
    )


def _open(calendar: ExternalCalendar, event: ExternalEvent, nights: Nights) -> None:
    CalendarConflict.objects.create(
        calendar=calendar,
        event=event,
        summary=event.summary,
        nights=sorted(nights),
        rooms_missing=max(nights.values()),
    )
    logger.warning("calendar_conflict", calendar_id=calendar.pk, event_id=event.pk, nights=len(nights))


def _adjust(conflict: CalendarConflict, event: ExternalEvent, nights: Nights) -> None:
    most = max(nights.values())
    if (sorted(nights), most, event.summary) == (conflict.nights, conflict.rooms_missing, conflict.summary):
        return
    if not _covers(conflict, nights):
        conflict.reported_at = None
    conflict.nights, conflict.rooms_missing, conflict.summary = sorted(nights), most, event.summary
    conflict.save(update_fields=["nights", "rooms_missing", "summary", "reported_at", "updated_at"])


def _resolve(conflict: CalendarConflict, how: ConflictEnd, *, at: datetime) -> None:
    conflict.state, conflict.resolution, conflict.resolved_at = ConflictState.RESOLVED, how, at
    conflict.save(update_fields=["state", "resolution", "resolved_at", "updated_at"])
