"""Reading one's inbox."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from core.cache.generations import bump
from core.cache.keys import USER_INBOX
from notifications.models import Notification
from notifications.selectors import inbox_for_user, inbox_get


def inbox_read(*, user: User, notification_id: int, at: datetime | None = None) -> Notification:
    """Give one message and note that it was read, the first time. Two queries. Raises `NotificationNotFound`."""
    notification = inbox_get(user, notification_id=notification_id)
    if notification.read_at is None:
        notification.read_at = at or timezone.now()
        Notification.objects.filter(pk=notification.pk, read_at__isnull=True).update(
            read_at=notification.read_at, updated_at=notification.read_at
        )
        bump(USER_INBOX, user.pk)
    return notification


def inbox_read_all(*, user: User, at: datetime | None = None) -> int:
    """Note that everything was read; how many messages were not. One query."""
    at = at or timezone.now()
    unread = inbox_for_user(user, at=at).filter(read_at__isnull=True)
    count = unread.order_by().update(read_at=at, updated_at=at)
    bump(USER_INBOX, user.pk)
    return count
