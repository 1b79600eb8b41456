"""The nightly proof that figures of days equal the bookings."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.services.scheduled.checks import alarm_mail
from core.exceptions import DomainError
from core.observability.queries import bulk_work
from reports.selectors.daily import DailyDifference, daily_differences, daily_stats_count

from .days import daily_stats_refresh

LINES_MAX = 20

logger = structlog.get_logger(__name__)


class DailyStatsDiffer(DomainError):
    """The figures of some day are not what its bookings come to: a defect. ``data["figures"]`` counts them."""

    code = "daily_stats_differ"
    http_status = 500
    message = _("The figures of days differ from the bookings.")


def difference_line(difference: DailyDifference) -> str:
    """One difference in words, for operators."""
    return (
        f"{difference.property_name}, {difference.room_type_code}, {difference.date:%Y-%m-%d}, {difference.currency}: "
        f"{difference.figure} is {difference.recorded if difference.recorded is not None else 'missing'}, "
        f"not {difference.expected}"
    )


def daily_stats_check_nightly(*, at: datetime | None = None) -> int:
    """Compare every figure of every day with the bookings; how many rows there were.

    Raises `DailyStatsDiffer` after telling the superusers, once a day.
    """
    at = at or timezone.now()
    daily_stats_refresh()
    with bulk_work():
        rows, differences = daily_stats_count(), daily_differences()
    if differences:
        lines = [difference_line(difference) for difference in differences]
        logger.error("daily_stats_differ", figures=len(differences), first=lines[0])
        alarm_mail("dailystats_check", lines, at=at)
        raise DailyStatsDiffer(data={"figures": len(differences), "first": lines[:LINES_MAX]})
    return rows
