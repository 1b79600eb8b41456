"""Writing to the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_supported_language_variant

from notifications.models import Notification
from notifications.types import MESSAGE_TYPES

if TYPE_CHECKING:
    from accounts.models import User

DEFAULT_LANGUAGE = "en"


def notification_enqueue(
    *,
    type: str,  # noqa: A002 - the word of the field
    recipient: str,
    context: Mapping[str, Any],
    dedup_key: str,
    language: str = DEFAULT_LANGUAGE,
    user: User | None = None,
    property_id: int | None = None,
    scheduled_at: datetime | None = None,
    phone: str = "",
) -> Notification | None:
    """Write one message to the outbox, in the caller's transaction; what the context holds stands in `types`.

    The same ``dedup_key`` gives the message that is there already. Without a recipient there is nobody to tell,
    and None is returned. Two queries. Raises `ValueError` for an unknown type or a context that lacks something:
    both are defects of the caller, and the change it tells of must not be committed without its message.
    """
    if not recipient:
        return None
    message_type = MESSAGE_TYPES.get(type)
    if message_type is None:
        raise ValueError(f"unknown type of message: {type}")
    if missing := sorted(message_type.required_keys - context.keys()):
        raise ValueError(f"the context of {type} lacks {', '.join(missing)}")
    notification = Notification(
        user=user,
        property_id=property_id,
        recipient=recipient,
        type=type,
        context=dict(context),
        language=language_supported(language),
        dedup_key=dedup_key,
        scheduled_at=scheduled_at or timezone.now(),
    )
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    return Notification.objects.get(dedup_key=dedup_key)


def language_supported(language: str) -> str:
    """Give the language of ours that is nearest to ``language``, or the site's own where none is."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return DEFAULT_LANGUAGE
