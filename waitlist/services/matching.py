"""What came free is offered: to the first by priority, then age, that it fits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import structlog
from django.utils import timezone

from core.exceptions import DomainError, Unavailable
from inventory.exceptions import SoldOut
from waitlist.exceptions import EntryNotWaiting
from waitlist.matching import Market, Stays, fits
from waitlist.models import WaitlistEntry
from waitlist.selectors import entries_waiting, waiting_property_ids, wish_of
from waitlist.selectors.queue import market_for_queue, stays_offered
from waitlist.types import Fit, OffersReport, Planned

from .making import offer_make
from .sweeping import entries_expire, offers_sweep

logger = structlog.get_logger(__name__)


def offers_make(*, property_id: int | None = None, at: datetime | None = None) -> OffersReport:
    """Offer what is free to who waits, at one property or at all; end first what nobody took and whose days are gone.

    Each offer is a transaction of its own (`offer_make`). Safe to run twice at the same time: who finds the rooms gone
    or the entry served goes on to the next. Six queries for a property with no free room.
    """
    at = at or timezone.now()
    report = OffersReport()
    report.passed += offers_sweep(at=at, property_id=property_id)
    if property_id is None:
        report.over += entries_expire(at=at)
    for house_id in [property_id] if property_id is not None else waiting_property_ids():
        for entry, market, stays in _queue(house_id):
            _entry_serve(entry, market, stays, at=at, report=report)
    return report


def offers_plan(*, property_id: int | None = None, at: datetime | None = None) -> list[Planned]:
    """Say who would be offered what now, and change nothing."""
    at = at or timezone.now()
    planned = []
    for house_id in [property_id] if property_id is not None else waiting_property_ids():
        for entry, market, stays in _queue(house_id):
            fit = next(_fits(entry, market, stays, at), None)
            if fit is not None:
                market.take(fit, rooms=entry.rooms)
                planned.append(Planned(entry, fit))
    return planned


def _queue(property_id: int) -> Iterator[tuple[WaitlistEntry, Market, Stays]]:
    """Everybody in turn, with what there is and what they were offered before; nobody where nothing is free."""
    market = market_for_queue(property_id=property_id)
    if market is None or not market.has_rooms:
        return
    entries = list(entries_waiting(property_id=property_id))
    offered = stays_offered(entry_ids=[entry.pk for entry in entries])
    for entry in entries:
        yield entry, market, offered.get(entry.pk, ())


def _fits(entry: WaitlistEntry, market: Market, offered: Stays, at: datetime) -> Iterator[Fit]:
    discount_percent = getattr(entry, "discount_percent", None)
    wish = wish_of(entry, discount_percent=discount_percent)
    return fits(market=market, wish=wish, at=at, without=offered)


def _entry_serve(
    entry: WaitlistEntry, market: Market, offered: Stays, *, at: datetime, report: OffersReport
) -> None:
    """Offer the first stay that can be had; what cannot is counted as gone, and the next is tried."""
    for fit in list(_fits(entry, market, offered, at)):
        if not market.is_free(room_type_id=fit.room_type_id, stay=fit.stay, rooms=entry.rooms):
            continue
        try:
            offer = offer_make(entry_id=entry.pk, fit=fit, at=at)
        except EntryNotWaiting:
            return
        except SoldOut:
            market.gone(fit)
        except Unavailable as error:
            report.errors.append(f"{entry.reference}: {error.code}")
            logger.warning("waitlist_offer_delayed", entry_id=entry.pk, code=error.code)
            market.gone(fit)  # whoever has the lock: it is not for those further down the queue
            return
        except DomainError as error:
            logger.info("waitlist_offer_not_made", entry_id=entry.pk, code=error.code)
        else:
            market.take(fit, rooms=entry.rooms)
            report.offered.append(offer.reference)
            return
