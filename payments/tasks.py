"""Scheduled work of payments."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import crontab, scheduled_job
from payments import services


@scheduled_job("payments.sandbox_events_deliver", every=30, label=_("deliver the sandbox's events"))
def sandbox_events_deliver(*, at: datetime | None = None) -> int:
    """Let the sandbox's bank send the events that are due; how many."""
    return services.sandbox_events_deliver(at=at)


@scheduled_job("payments.ledger_check", crontab=crontab(hour="2", minute="40"), label=_("prove the ledger"))
def ledger_check(*, at: datetime | None = None) -> int:
    """Compare every folio's entries with their causes, every night; how many folios. Fails if anything differs."""
    return services.ledger_check_nightly()
