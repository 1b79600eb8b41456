"""Telling people and programs what happened."""

from .choices import mail_subscription_for, preferences_set, resubscribe, unsubscribe, unsubscribe_link
from .events import domain_event_record
from .inbox import inbox_read, inbox_read_all
from .messages import DEFAULT_LANGUAGE, language_supported, notification_enqueue
from .overdue import notifications_resend_overdue
from .sending import notification_send

__all__ = [
    "DEFAULT_LANGUAGE",
    "domain_event_record",
    "inbox_read",
    "inbox_read_all",
    "language_supported",
    "mail_subscription_for",
    "notification_enqueue",
    "notification_send",
    "notifications_resend_overdue",
    "preferences_set",
    "resubscribe",
    "unsubscribe",
    "unsubscribe_link",
]
