"""The net below the outbox: a message whose effect is gone is given a new one."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from core.models import Effect
from core.models.outbox import UNFINISHED
from notifications.selectors import notifications_overdue

from .messages import effect_keys, notification_send_again

BATCH_MESSAGES = 500

logger = structlog.get_logger(__name__)


def notifications_resend_overdue(*, at: datetime | None = None) -> int:
    """Write a new effect for every message that is long due and has no unfinished one; how many.

    Message and effect are written together, so there is nothing to do unless somebody has deleted effects, restored a
    backup, or stopped one by hand. Safe to run twice at once: the effect's dedup key is the message and its number of
    attempts. Two queries, and one for each message found.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        overdue = list(notifications_overdue(at=at)[:BATCH_MESSAGES])
        keys = {key: notification for notification in overdue for key in effect_keys(notification)}
        alive = Effect.objects.filter(dedup_key__in=keys, status__in=UNFINISHED)
        waiting = {keys[key].pk for key in alive.values_list("dedup_key", flat=True)}
        forgotten = [notification for notification in overdue if notification.pk not in waiting]
        for notification in forgotten:
            notification_send_again(notification=notification)
    if forgotten:
        logger.warning("notifications_forgotten", count=len(forgotten))
    return len(forgotten)
