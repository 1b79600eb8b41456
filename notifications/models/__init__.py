"""Messages to people, and events to programs."""

from .choices import MailSubscription, NotificationPreference
from .events import DomainEvent, EventStream
from .messages import Channel, Notification, NotificationStatus
from .webhooks import (
    DeliveryStatus,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)

__all__ = [
    "Channel",
    "DeliveryStatus",
    "DisabledReason",
    "DomainEvent",
    "EventStream",
    "MailSubscription",
    "Notification",
    "NotificationPreference",
    "NotificationStatus",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]
