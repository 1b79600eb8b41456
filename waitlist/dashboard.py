"""What the waitlist shows on the guest's dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dashboard import dashboard_section_register
from waitlist.selectors import entries_active, entries_with_offers

ENTRIES_SHOWN = 5


def register() -> None:
    """Add what the guest waits for to the dashboard; called when the app is ready."""
    dashboard_section_register(
        key="waitlist",
        order=20,
        title=_("Your waitlist"),
        template="waitlist/partials/entries.html",
        context=waiting,
    )


def waiting(user: User, at: datetime) -> dict[str, Any] | None:
    """Show what a user waits for and is offered; nothing where that is nothing. Two queries at most."""
    entries = entries_with_offers(list(entries_active(user=user)[:ENTRIES_SHOWN]))
    if not entries:
        return None
    return {"entries": entries, "more_url": reverse("waitlist:list"), "more_label": _("All entries")}
