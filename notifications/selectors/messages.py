"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from notifications.models import Notification


def notifications_latest() -> QuerySet[Notification]:
    """Return all messages with their house, newest first, to be paginated. One query when read."""
    return Notification.objects.select_related("property").order_by("-created_at", "-id")


def notification_get(*, notification_id: int) -> Notification:
    """Return a message with its house. One query. Raises `Notification.DoesNotExist`."""
    return Notification.objects.select_related("property").get(pk=notification_id)


def notifications_with_keys(*, keys: Collection[str], prefix: str) -> list[Notification]:
    """Return the messages with one of these dedup keys, or with one that begins so, newest first. One query."""
    wanted = Q(dedup_key__in=keys) | Q(dedup_key__startswith=prefix)
    return list(Notification.objects.filter(wanted).order_by("-created_at", "-id"))
