"""Work beside requests; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core.outbox import EffectRun, Queue, effect_handler
from core.schedule import scheduled_job

from .services import offers_make
from .services.alert_checks import CHECK, alerts_check, alerts_check_stay, alerts_tidy
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


@scheduled_job("waitlist.alerts_check", every=300, label=_("look at watched prices"))
def alerts_check_all(*, at: datetime | None = None) -> dict[str, int]:
    """Tell of every drop that nobody announced: raw SQL, rooms that came free, taxes, and the end of an alert."""
    tidied = alerts_tidy(at=at)
    checked = alerts_check(at=at)
    return {
        "looked_at": checked.looked_at,
        "told": checked.told,
        "ended": tidied.ended,
        "unconfirmed": tidied.unconfirmed,
    }


@effect_handler(CHECK, queue=Queue.PROCESSING, label=_("look at watched prices"))
def alerts_check_property(run: EffectRun) -> None:
    """Look at the alerts of a property whose rates changed, or of nights that came free."""
    payload = run.payload
    if "room_type_id" in payload:
        alerts_check_stay(
            property_id=payload["property_id"],
            room_type_id=payload["room_type_id"],
            arrival=date.fromisoformat(payload["arrival"]),
            departure=date.fromisoformat(payload["departure"]),
            at=run.at,
        )
    else:
        alerts_check(property_id=payload["property_id"], at=run.at)
