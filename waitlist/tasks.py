"""Work beside requests; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.outbox import EffectRun, Queue, effect_handler
from core.schedule import scheduled_job

from .services import offers_make
from .services.moving import OFFERS_MAKE


@effect_handler(OFFERS_MAKE, queue=Queue.PROCESSING, label=_("offer rooms to who waits"))
def freed_nights_offer(run: EffectRun) -> None:
    """Offer what came free at one property."""
    offers_make(property_id=run.payload["property_id"])


@scheduled_job("waitlist.offers_make", every=60, label=_("offer rooms to who waits"))
def waitlist_offers(*, at: datetime | None = None) -> dict[str, int]:
    """Offer what is free anywhere, end offers nobody took, and the wait for days that are gone."""
    report = offers_make(at=at)
    return {
        "offered": len(report.offered),
        "passed": len(report.passed),
        "over": len(report.over),
        "delayed": len(report.errors),
    }
