"""Scheduled work of accounts; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import crontab, scheduled_job

from . import services


@scheduled_job(
    "accounts.tokens_prune", crontab=crontab(hour="3", minute="50"), label=_("forget tokens that are over")
)
def tokens_prune(*, at: datetime | None = None) -> int:
    """Forget API tokens whose time is over; every night."""
    return services.tokens_prune(at=at)
