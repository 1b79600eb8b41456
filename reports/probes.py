"""The heaviest report, for perf_check."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from core.observability.probes import Budget, Run, probe
from reports.models import DailyStat
from reports.periods import Period
from reports.selectors.occupancy import occupancy
from reports.types import Scope


@probe(
    "a year's occupancy and revenue",
    selector="reports.selectors.occupancy.occupancy",
    cold=Budget(80, 1),
)
def _year() -> Run | None:
    last = DailyStat.objects.order_by("-date").first()
    if last is None:
        return None
    now = timezone.now()
    current = min(last.date.year, now.year)
    scope = Scope((last.property_id,))
    period = Period(date(current, 1, 1), date(current + 1, 1, 1))
    return lambda: occupancy(scope=scope, period=period, at=now, by="month")
