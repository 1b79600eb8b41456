"""Bookings, holds and the proof of the inventory in figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from bookings.models import Booking
from bookings.transitions import BookingStatus
from core.models import ScheduledJob
from core.observability.metrics import metric_source, remembered
from core.system.checked import record_state

BOOKINGS_SECONDS = 60
CHECK_JOB = "bookings.inventory_check"


@metric_source
def bookings() -> Iterable[Metric]:
    """Bookings by status, a minute old at most. One query a minute."""
    family = GaugeMetricFamily("vacancy_bookings", "Bookings by status.", labels=("status",))
    found = remembered("bookings", BOOKINGS_SECONDS, _by_status)
    for status in BookingStatus:
        family.add_metric((status.value,), found.get(status.value, 0))
    yield family


@metric_source
def holds() -> Iterable[Metric]:
    """Rooms that are held, and holds that should have been let go. Two queries."""
    held = Booking.objects.filter(status=BookingStatus.HELD)
    yield GaugeMetricFamily(
        "vacancy_holds", "Bookings that hold rooms and are not confirmed.", value=held.count()
    )
    yield GaugeMetricFamily(
        "vacancy_holds_overdue",
        "Holds whose time is over and that still keep rooms.",
        value=Booking.objects.hold_expired(at=timezone.now()).count(),
    )


@metric_source
def oversell_check() -> Iterable[Metric]:
    """What the last comparison of inventory and bookings has found. One query; the job compares every night."""
    record = ScheduledJob.objects.filter(pk=CHECK_JOB).first()
    state = record_state(record)
    yield GaugeMetricFamily(
        "vacancy_inventory_exact",
        "1 if every night was what is booked when it was last compared, 0 if not, -1 if it never was.",
        value=state,
    )
    nights = record.last_result if record and isinstance(record.last_result, int) else 0
    yield GaugeMetricFamily(
        "vacancy_inventory_nights_checked", "Nights that were found exact.", value=nights if state == 1 else 0
    )


def _by_status() -> dict[str, int]:
    return dict(Booking.objects.order_by().values_list("status").annotate(number=Count("pk")))
