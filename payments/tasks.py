"""Scheduled work of payments."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import scheduled_job
from payments import services


@scheduled_job("payments.sandbox_events_deliver", every=30, label=_("deliver the sandbox's events"))
def sandbox_events_deliver(*, at: datetime | None = None) -> int:
    """Let the sandbox's bank send the events that are due; how many."""
    return services.sandbox_events_deliver(at=at)
