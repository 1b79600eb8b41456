"""Marking what staff are told of calendars, in the transaction that tells them."""

from __future__ import annotations

from datetime import datetime, timedelta

from inventory.models import CalendarConflict, ConflictState, ExternalCalendar
from inventory.selectors.channels import FAILING_HOURS


def calendar_lock(*, calendar_id: int) -> ExternalCalendar | None:
    """Lock a calendar for telling of it, with its room type and house; None if it is gone. One query."""
    return (
        ExternalCalendar.objects.select_for_update(of=("self",), no_key=True)
        .select_related("room_type__property")
        .filter(pk=calendar_id)
        .first()
    )


def conflicts_report(*, calendar_id: int, at: datetime) -> list[CalendarConflict]:
    """The open conflicts of a locked calendar that nobody was told of; from now on they are told. Two queries."""
    conflicts = list(
        CalendarConflict.objects.filter(
            calendar_id=calendar_id, state=ConflictState.OPEN, reported_at=None
        ).order_by("pk")
    )
    CalendarConflict.objects.filter(pk__in=[conflict.pk for conflict in conflicts]).update(reported_at=at)
    return conflicts


def calendar_problem_reported(*, calendar: ExternalCalendar, at: datetime) -> bool:
    """Whether a locked calendar has lost events or fails for a day and nobody was told; from now on it is told.

    One query at most.
    """
    if calendar.problem_reported_at is not None:
        return False
    since = calendar.succeeded_at or calendar.created_at
    is_failing = (
        calendar.is_enabled and calendar.failures > 0 and at - since >= timedelta(hours=FAILING_HOURS)
    )
    if calendar.shrunk_at is None and not is_failing:
        return False
    ExternalCalendar.objects.filter(pk=calendar.pk).update(problem_reported_at=at)
    return True
