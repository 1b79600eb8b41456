"""Scheduled work of accounts; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import crontab, scheduled_job

from . import services
from .privacy.reapplying import erasures_reapply
from .privacy.retention import retention_apply as retention_apply_all


@scheduled_job(
    "accounts.tokens_prune", crontab=crontab(hour="3", minute="50"), label=_("forget tokens that are over")
)
def tokens_prune(*, at: datetime | None = None) -> int:
    """Forget API tokens whose time is over; every night."""
    return services.tokens_prune(at=at)


@scheduled_job(
    "accounts.retention_apply",
    crontab=crontab(hour="4", minute="20"),
    label=_("forget people as the policy says"),
)
def retention_apply(*, at: datetime | None = None) -> dict[str, int]:
    """Erase what is older than the policy says, and again whom a restore has brought back; every night."""
    again = erasures_reapply(at=at)
    return {**retention_apply_all(at=at), "done_again": again.erasures}
