"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.cache.keys import USER_INBOX
from core.cache.read import get_or_compute
from notifications.exceptions import NotificationNotFound
from notifications.models import Channel, Notification, NotificationStatus

if TYPE_CHECKING:
    from accounts.models import User

UNREAD_MAX = 100
"""More unread messages than this are not counted: the page says 99+."""

OVERDUE_MINUTES = 60
"""A message that waits for so long is nobody's idea of a queue."""


def notifications_latest() -> QuerySet[Notification]:
    """Return all messages with their house, newest first, to be paginated. One query when read."""
    return Notification.objects.select_related("property").order_by("-created_at", "-id")


def notification_get(*, notification_id: int) -> Notification:
    """Return a message with its house. One query. Raises `Notification.DoesNotExist`."""
    return Notification.objects.select_related("property").get(pk=notification_id)


def notifications_with_keys(*, keys: Collection[str], prefix: str) -> list[Notification]:
    """Return what was sent with one of these dedup keys, or with one that begins so, newest first. One query."""
    wanted = Q(dedup_key__in=keys) | Q(dedup_key__startswith=prefix)
    told = Notification.objects.exclude(channel=Channel.INBOX)
    return list(told.filter(wanted).order_by("-created_at", "-id"))


def notification_to_send(*, notification_id: int) -> Notification | None:
    """Return a message that waits to be sent, or failed before, with its user. One query; None when it is settled."""
    waiting = Notification.objects.filter(
        pk=notification_id, status__in=(NotificationStatus.PENDING, NotificationStatus.FAILED)
    )
    return waiting.select_related("user").first()


def inbox_for_user(user: User, *, at: datetime | None = None) -> QuerySet[Notification]:
    """Return the messages in a user's inbox, newest first, to be paginated. One query when read."""
    return _inbox(user, at).order_by("-created_at", "-id")


def inbox_unread_count(user: User, *, at: datetime | None = None) -> int:
    """Count what a user has not read, up to `UNREAD_MAX`. One query."""
    return _inbox(user, at).filter(read_at__isnull=True).order_by()[:UNREAD_MAX].count()


def inbox_unread_glance(user: User) -> int:
    """Count the same for the head of a page, where it may be minutes old. One query, none while it is remembered."""
    return get_or_compute(USER_INBOX, user.pk, ("unread",), lambda: inbox_unread_count(user))


def inbox_get(user: User, *, notification_id: int) -> Notification:
    """Return one message of a user's inbox. One query. Raises `NotificationNotFound`."""
    notification = _inbox(user, None).filter(pk=notification_id).first()
    if notification is None:
        raise NotificationNotFound
    return notification


def notifications_overdue(*, at: datetime) -> QuerySet[Notification]:
    """Return what should have been sent `OVERDUE_MINUTES` ago and was not, oldest first. One query when read."""
    due = Notification.objects.filter(
        status=NotificationStatus.PENDING, scheduled_at__lt=at - timedelta(minutes=OVERDUE_MINUTES)
    )
    return due.order_by("scheduled_at")


def _inbox(user: User, at: datetime | None) -> QuerySet[Notification]:
    return Notification.objects.filter(
        user=user, channel=Channel.INBOX, scheduled_at__lte=at or timezone.now()
    )
