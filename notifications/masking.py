"""Messages as staff may read them: without the links that would let them act as the guest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from .models import Notification
from .types import MESSAGE_TYPES, Category

OPEN_KEYS = frozenset({"property"})
"""Parts of a context whose addresses are public: the house's own page and its logo."""

STAFF_CATEGORIES = frozenset({Category.STAFF, Category.DIGEST, Category.REPORTS})
"""Messages to staff: their links open nothing without a log-in."""


def notification_masked(notification: Notification) -> Notification:
    """Return a copy, not to be stored, whose personal links lead nowhere and say so.

    Every address in the context counts as personal, whatever it looks like, so that a new kind of link is masked
    without anybody thinking of it.
    """
    known = MESSAGE_TYPES.get(notification.type)
    if known is not None and known.category in STAFF_CATEGORIES:
        return notification
    return Notification(
        pk=notification.pk,
        type=notification.type,
        channel=notification.channel,
        recipient=notification.recipient,
        language=notification.language,
        dedup_key=notification.dedup_key,
        context={
            key: value if key in OPEN_KEYS else _masked(key, value)
            for key, value in notification.context.items()
        },
    )


def _masked(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(key, inner) for inner in value]
    is_address = isinstance(value, str) and (key == "url" or key.endswith("_url")) and value
    return f"{settings.SITE_URL}/#{gettext('hidden')}" if is_address else value
