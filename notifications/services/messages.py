"""Writing messages to the outbox: one row for each way in which somebody is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_supported_language_variant
from phonenumber_field.phonenumber import to_python as phone_from

from core.cache.generations import bump
from core.cache.keys import USER_INBOX
from core.outbox import effect_enqueue
from notifications.channels.sms import sms_is_offered
from notifications.models import Channel, Notification, NotificationStatus
from notifications.selectors import channels_wanted
from notifications.types import MESSAGE_TYPES, MessageType

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_LANGUAGE = "en"
EMAIL_SEND = "notifications.email_send"
SMS_SEND = "notifications.sms_send"
EFFECT_KINDS = {Channel.EMAIL: EMAIL_SEND, Channel.SMS: SMS_SEND}
FAST_LANE_MINUTES = 10
"""By so much an urgent message overtakes what was due before it: the outbox does first what has been due longest."""


def notification_enqueue(
    *,
    type: str,  # noqa: A002 - the word of the field
    recipient: str,
    context: Mapping[str, Any],
    dedup_key: str,
    language: str = "",
    user: User | None = None,
    property_id: int | None = None,
    scheduled_at: datetime | None = None,
    phone: str = "",
) -> Notification | None:
    """Tell somebody something, in the caller's transaction; what the context holds stands in `types`.

    Fans out by the type and by what the person wants: a mail to ``recipient``, an entry in the inbox of ``user``, a
    text message to ``phone`` (else the user's). Each is a row of its own with a dedup key of its own, and what is to be
    sent has its effect. Returns the mail, or what there is instead; None when nobody is told. The same ``dedup_key``
    gives what is there already. Without ``language`` it is the user's.

    Three queries for a mail; one more for each thing that can be declined, and for a text message. Raises `ValueError`
    for an unknown type or a context that lacks something: both are defects of the caller, and the change it tells of
    must not be committed without its message.
    """
    message_type = MESSAGE_TYPES.get(type)
    if message_type is None:
        raise ValueError(f"unknown type of message: {type}")
    if missing := sorted(message_type.required_keys - context.keys()):
        raise ValueError(f"the context of {type} lacks {', '.join(missing)}")
    now = timezone.now()
    recipients = _recipients(message_type, recipient=recipient, user=user, phone=phone)
    wanted = channels_wanted(category=message_type.category, user=user, address=recipient, among=recipients)
    rows = [
        Notification(
            user=user,
            property_id=property_id,
            channel=channel,
            recipient=recipients[channel],
            type=type,
            context=dict(context),
            language=language_supported(language or (user.language if user else "")),
            dedup_key=channel_key(dedup_key, channel),
            status=NotificationStatus.SENT if channel == Channel.INBOX else NotificationStatus.PENDING,
            sent_at=now if channel == Channel.INBOX else None,
            scheduled_at=scheduled_at or now,
        )
        for channel in wanted
    ]
    if not rows:
        return None
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [row.dedup_key for row in rows]
    stored = {row.dedup_key: row for row in Notification.objects.filter(dedup_key__in=keys)}
    for row in stored.values():
        _effect_write(row, message_type, key=effect_keys(row)[0])
    if user is not None:
        bump(USER_INBOX, user.pk)
    return stored[keys[0]]


def notification_send_again(*, notification: Notification) -> None:
    """Have a pending message sent whose effect is gone. One query."""
    _effect_write(notification, MESSAGE_TYPES[notification.type], key=effect_keys(notification)[-1])


def effect_keys(notification: Notification) -> list[str]:
    """Name the effects a message may have had: the first one, and one after each number of tries."""
    key = f"notification:{notification.pk}"
    return [key, *(f"{key}:{attempts}" for attempts in range(notification.attempts + 1))]


def channel_key(dedup_key: str, channel: str) -> str:
    """The dedup key of one way of telling; that of a mail is the caller's own."""
    return dedup_key if channel == Channel.EMAIL else f"{dedup_key}:{channel}"


def language_supported(language: str) -> str:
    """Give the language of ours that is nearest to ``language``, or the site's own where none is."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return DEFAULT_LANGUAGE


def _recipients(
    message_type: MessageType, *, recipient: str, user: User | None, phone: str
) -> dict[Channel, str]:
    """Where a message could go, by channel, mails first."""
    recipients: dict[Channel, str] = {}
    if recipient:
        recipients[Channel.EMAIL] = recipient
    if user is not None and message_type.in_inbox:
        recipients[Channel.INBOX] = user.email
    if message_type.has_sms and sms_is_offered():
        number = phone_from(phone) if phone else (user.phone if user is not None else None)
        if number and number.is_valid():
            recipients[Channel.SMS] = number.as_e164
    return recipients


def _effect_write(notification: Notification, message_type: MessageType, *, key: str) -> None:
    """Have a pending message sent when it is due, once."""
    kind = EFFECT_KINDS.get(Channel(notification.channel))
    if kind is None or notification.status != NotificationStatus.PENDING:
        return
    due_at = notification.scheduled_at
    if message_type.is_urgent and due_at <= timezone.now():
        due_at -= timedelta(minutes=FAST_LANE_MINUTES)
    effect_enqueue(
        kind=kind,
        payload={"notification_id": notification.pk},
        dedup_key=key,
        due_at=due_at,
        property_id=notification.property_id,
    )
