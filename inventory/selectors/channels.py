"""Reads about calendars of other channels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory.models import CalendarConflict, ConflictState, ExternalCalendar, ExternalEvent, RoomType

EARLY_SECONDS = 60
"""A calendar is due so much before its time: runs of the schedule are never exactly as far apart."""
TIRED_AFTER_FAILURES = 20
TIRED_SECONDS = 3_600
"""A calendar that failed so often is asked once an hour only."""
FAILING_HOURS = 24


def calendars_due(*, at: datetime, every_seconds: int) -> list[int]:
    """Calendars to fetch now, the longest waiting first. One query."""
    early = at - timedelta(seconds=every_seconds - EARLY_SECONDS)
    tired = at - timedelta(seconds=TIRED_SECONDS - EARLY_SECONDS)
    return list(
        ExternalCalendar.objects.filter(is_enabled=True, room_type__is_active=True)
        .filter(
            Q(fetched_at=None)
            | Q(fetched_at__lte=early, failures__lt=TIRED_AFTER_FAILURES)
            | Q(fetched_at__lte=tired)
        )
        .order_by("fetched_at", "pk")
        .values_list("pk", flat=True)
    )


def calendars_in_conflict(*, room_type_id: int) -> list[int]:
    """Calendars of a room type with open conflicts. One query."""
    return list(
        CalendarConflict.objects.filter(state=ConflictState.OPEN, calendar__room_type_id=room_type_id)
        .order_by("calendar_id")
        .values_list("calendar_id", flat=True)
        .distinct()
    )


def with_counts(rows: QuerySet[ExternalCalendar]) -> QuerySet[ExternalCalendar]:
    """Calendars with ``events_count`` and ``conflicts_count`` (open ones). No query."""
    events = ExternalEvent.objects.filter(calendar=OuterRef("pk"))
    conflicts = CalendarConflict.objects.filter(calendar=OuterRef("pk"), state=ConflictState.OPEN)
    return rows.annotate(events_count=_count(events), conflicts_count=_count(conflicts))


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("calendar").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def calendars_for_properties(
    property_ids: list[int] | None, *, room_type_id: int | None = None
) -> QuerySet[ExternalCalendar]:
    """Calendars of some houses (None: all) with how many events and open conflicts they have. One query."""
    rows = with_counts(ExternalCalendar.objects.select_related("room_type__property")).order_by("pk")
    if property_ids is not None:
        rows = rows.filter(room_type__property_id__in=property_ids)
    return rows if room_type_id is None else rows.filter(room_type_id=room_type_id)


def conflicts_for_properties(
    property_ids: list[int] | None, *, state: str | None = None
) -> QuerySet[CalendarConflict]:
    """Conflicts of some houses (None: all), newest first. One query."""
    rows = CalendarConflict.objects.select_related("calendar__room_type__property", "event")
    if property_ids is not None:
        rows = rows.filter(calendar__room_type__property_id__in=property_ids)
    return rows if state is None else rows.filter(state=state)


def events_for_calendar(*, calendar_id: int) -> QuerySet[ExternalEvent]:
    """The events of a calendar, in order. One query."""
    return ExternalEvent.objects.filter(calendar_id=calendar_id).order_by("start", "pk")


def room_type_for_properties(property_ids: list[int] | None, *, room_type_id: int) -> RoomType | None:
    """A room type with its house, if that is one of some houses (None: all). One query."""
    rows = RoomType.objects.select_related("property").filter(pk=room_type_id)
    return (rows if property_ids is None else rows.filter(property_id__in=property_ids)).first()


def calendars_in_trouble(*, at: datetime) -> QuerySet[ExternalCalendar]:
    """Calendars that staff have to be told of: new conflicts, many events lost, or failing for a day. One query."""
    failing = at - timedelta(hours=FAILING_HOURS)
    return (
        ExternalCalendar.objects.filter(
            Q(conflicts__state=ConflictState.OPEN, conflicts__reported_at=None)
            | Q(problem_reported_at=None, shrunk_at__isnull=False)
            | Q(problem_reported_at=None, failures__gt=0, is_enabled=True)
            & (Q(succeeded_at__lte=failing) | Q(succeeded_at=None, created_at__lte=failing))
        )
        .order_by("pk")
        .distinct()
    )
