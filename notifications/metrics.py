"""Notifications in figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from core.observability.metrics import metric_source
from notifications.models import Channel, Notification, NotificationStatus


@metric_source
def notifications() -> Iterable[Metric]:
    """Notifications that are due and not sent, by channel. One query."""
    family = GaugeMetricFamily(
        "vacancy_notifications_pending", "Notifications that are due and not sent.", labels=("channel",)
    )
    due = Notification.objects.filter(status=NotificationStatus.PENDING, scheduled_at__lte=timezone.now())
    found = dict(due.order_by().values_list("channel").annotate(number=Count("pk")))
    for channel in Channel:
        family.add_metric((channel.value,), found.get(channel.value, 0))
    yield family
