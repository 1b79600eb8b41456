"""Files that go with messages. Apps above add theirs by the type of message, as this app knows no invoices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import override

from .models import Notification
from .receipts import receipt_attachment
from .receipts.document import Attachment

AttachmentSource = Callable[[dict[str, Any]], Attachment | None]
"""Makes a file of a message's context, in the active language; None where there is none any more."""

_sources: dict[str, AttachmentSource] = {}


def attachment_register(message_type: str, source: AttachmentSource) -> None:
    """Say what goes with a type of message, once; called when an app is ready."""
    _sources[message_type] = source


def message_attachment(notification: Notification) -> Attachment | None:
    """What goes with a message, in its language; None for a message without. The same message gives the same bytes."""
    with override(notification.language):
        source = _sources.get(notification.type)
        return receipt_attachment(notification) if source is None else source(notification.context)
