"""Reads about scheduled reports."""

from __future__ import annotations

from accounts.models import User
from core.exceptions import NotFound
from reports.models import ReportSchedule


def schedule_received(*, schedule_id: int, user: User) -> ReportSchedule:
    """Return a schedule whose reports somebody gets, with its property. One query. Raises `NotFound`."""
    schedule = (
        ReportSchedule.objects.select_related("property").filter(pk=schedule_id, recipients=user).first()
    )
    if schedule is None:
        raise NotFound
    return schedule
