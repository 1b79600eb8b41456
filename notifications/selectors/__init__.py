"""Reading messages and events."""

from .choices import (
    CategoryChoices,
    Choice,
    channels_wanted,
    choices_for_user,
    is_unsubscribed,
    subscription_get,
)
from .messages import (
    inbox_for_user,
    inbox_get,
    inbox_unread_count,
    inbox_unread_glance,
    notification_get,
    notification_to_send,
    notifications_latest,
    notifications_overdue,
    notifications_with_keys,
)

__all__ = [
    "CategoryChoices",
    "Choice",
    "channels_wanted",
    "choices_for_user",
    "inbox_for_user",
    "inbox_get",
    "inbox_unread_count",
    "inbox_unread_glance",
    "is_unsubscribed",
    "notification_get",
    "notification_to_send",
    "notifications_latest",
    "notifications_overdue",
    "notifications_with_keys",
    "subscription_get",
]
