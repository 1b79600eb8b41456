"""Sending what the outbox holds: look whether it is still wanted, hand it over, write down how that went."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from notifications.channels.mail import mail_deliver
from notifications.channels.sms import sms_deliver
from notifications.composing import message_compose
from notifications.exceptions import (
    DeliveryDeferred,
    DeliveryInterrupted,
    DeliveryRefused,
)
from notifications.models import Channel, Notification, NotificationStatus
from notifications.rendering import notification_sms
from notifications.selectors import channels_wanted, notification_to_send
from notifications.types import MESSAGE_TYPES

from .choices import unsubscribe_link

FAILURE_LENGTH = 300
TOO_LATE = "too late"
DECLINED = "declined"


def notification_send(*, notification_id: int, is_last: bool = False, at: datetime | None = None) -> bool:
    """Send one message, unless that has been done or nobody wants it any more; whether it went out now.

    "Sent" is written when the server has it, right after it said so. Whoever dies before the server has the message
    leaves it to be sent; only who dies between the server's word and our note sends it again, under the same
    Message-ID. What is refused for good, or fails on the ``is_last`` try, becomes "failed" with the server's words;
    asked again, it is tried again.

    Never call it inside a transaction. At most six queries. Raises `DeliveryError` and
    `core.resilience.breaker.CircuitOpen`.
    """
    notification = notification_to_send(notification_id=notification_id)
    if notification is None:
        return False
    if reason := _unwanted_because(notification, at=at or timezone.now()):
        _settle(notification, NotificationStatus.SKIPPED, failure=reason)
        return False
    Notification.objects.filter(pk=notification.pk).update(attempts=F("attempts") + 1)
    try:
        _deliver(notification)
    except DeliveryRefused as error:
        _settle(notification, NotificationStatus.FAILED, failure=str(error))
        raise
    except (DeliveryDeferred, DeliveryInterrupted) as error:
        if is_last:
            _settle(notification, NotificationStatus.FAILED, failure=str(error))
        raise
    _settle(notification, NotificationStatus.SENT, sent_at=at or timezone.now())
    return True


def _unwanted_because(notification: Notification, *, at: datetime) -> str:
    """Why a message is not to be sent now that it is due; "" if it is. No query for what cannot be declined."""
    message_type = MESSAGE_TYPES[notification.type]
    until = notification.context.get(message_type.expiry_key)
    if until and datetime.fromisoformat(until) <= at:
        return TOO_LATE
    channel = Channel(notification.channel)
    wanted = channels_wanted(
        category=message_type.category,
        user=notification.user,
        address=notification.recipient,
        among=(channel,),
    )
    return "" if wanted else DECLINED


def _deliver(notification: Notification) -> None:
    if notification.channel == Channel.SMS:
        text = notification_sms(notification)
        sms_deliver(to=notification.recipient, text=text, key=notification.dedup_key)
        return
    mail_deliver(message_compose(notification, unsubscribe_url=unsubscribe_link(notification)))


def _settle(
    notification: Notification,
    status: NotificationStatus,
    *,
    failure: str = "",
    sent_at: datetime | None = None,
) -> None:
    """Write how it ended, unless another process has done so."""
    waiting = Notification.objects.filter(
        pk=notification.pk, status__in=(NotificationStatus.PENDING, NotificationStatus.FAILED)
    )
    waiting.update(
        status=status, failure=failure[:FAILURE_LENGTH], sent_at=sent_at, updated_at=timezone.now()
    )
