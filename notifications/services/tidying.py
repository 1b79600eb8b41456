"""Forgetting what people have read long ago in their inbox. Mails stay: they are the record of what was told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from notifications.models import Notification
from notifications.models.messages import Channel

READ_KEPT_DAYS = 180
PRUNE_BATCH_ROWS = 1_000


def inbox_forget(*, at: datetime | None = None) -> int:
    """Delete what was read in an inbox half a year ago, in batches; how many. Safe to run twice at the same time."""
    over = Notification.objects.filter(
        channel=Channel.INBOX, read_at__lt=(at or timezone.now()) - timedelta(days=READ_KEPT_DAYS)
    )
    deleted = 0
    while True:
        keys = list(over.order_by("pk").values_list("pk", flat=True)[:PRUNE_BATCH_ROWS])
        if not keys:
            return deleted
        deleted += Notification.objects.filter(pk__in=keys).delete()[0]
