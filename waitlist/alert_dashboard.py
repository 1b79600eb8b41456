"""What price alerts show on the guest's dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dashboard import dashboard_section_register
from waitlist.models import OPEN_STATUSES
from waitlist.selectors.alerts import alerts_of_user

SHOWN = 3


def register() -> None:
    """Add the guest's price alerts to the dashboard; called when the app is ready."""
    dashboard_section_register(
        key="price_alerts",
        order=40,
        title=_("Prices you watch"),
        template="waitlist/dashboard/alerts.html",
        context=watched,
        area="side",
    )


def watched(user: User, at: datetime) -> dict[str, Any] | None:
    """Show the next few, nothing where nothing is watched. One query."""
    alerts = list(alerts_of_user(user=user).filter(status__in=OPEN_STATUSES)[: SHOWN + 1])
    if not alerts:
        return None
    return {
        "alerts": alerts[:SHOWN],
        "more_url": reverse("waitlist:alerts"),
        "more_label": _("All price alerts"),
    }
