"""Messages as the inbox shows them: the same words as the mail, without its foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from .rendering import notification_subject, notification_text
from .types import MESSAGE_TYPES

if TYPE_CHECKING:
    from .models import Notification

ACTION_KEYS = (
    "pay_url",
    "retry_url",
    "accept_url",
    "check_in_url",
    "review_url",
    "book_url",
    "action_url",
    "manage_url",
    "url",
)
"""Where a message leads, the most urgent first."""


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message, rendered in its own language. ``action_url`` is where it leads; "" if nowhere."""

    notification: Notification
    subject: str
    kind: str
    house: str
    action_url: str

    @classmethod
    def of(cls, notification: Notification) -> InboxMessage:
        """Make it from a stored message. No query."""
        house = notification.context.get("property") or {}
        return cls(
            notification=notification,
            subject=notification_subject(notification),
            kind=notification.type_label(),
            house=house.get("name", ""),
            action_url=_action_url(notification),
        )

    @property
    def text(self) -> str:
        """The whole text."""
        return notification_text(self.notification)


def _action_url(notification: Notification) -> str:
    """The address in the context that the message is about, if it is one of this site."""
    if notification.type not in MESSAGE_TYPES:
        return ""
    context = notification.context
    url = next((context[key] for key in ACTION_KEYS if context.get(key)), "")
    return url if urlsplit(url).netloc == urlsplit(settings.SITE_URL).netloc else ""
