"""What messages show on the guest's dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dashboard import dashboard_section_register

from .presentation import InboxMessage
from .selectors import inbox_for_user

GLANCE_MESSAGES = 4


def register() -> None:
    """Add the inbox to the dashboard; called when the app is ready."""
    dashboard_section_register(
        key="inbox",
        order=20,
        title=_("Inbox"),
        template="notifications/dashboard.html",
        context=latest,
        area="side",
    )


def latest(user: User, at: datetime) -> dict[str, Any] | None:
    """Show the newest messages; nothing where there are none. One query."""
    newest = list(inbox_for_user(user, at=at)[:GLANCE_MESSAGES])
    if not newest:
        return None
    return {
        "messages": [InboxMessage.of(notification) for notification in newest],
        "more_url": reverse("notifications:inbox"),
        "more_label": _("All messages"),
    }
