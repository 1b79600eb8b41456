"""Offers nobody took, and entries whose days are gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.services.keeping import hold_let_go
from bookings.transitions import SOLD_STATUSES, BookingStatus
from core.exceptions import DomainError, translate_integrity_errors
from waitlist.exceptions import EntryNotWaiting
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import entries_over, offer_get, offers_over, offers_unpaid
from waitlist.transitions import EntryStatus, OfferStatus

from .mails import accepted_tell, expired_tell
from .making import HOLD_GRACE_MINUTES
from .moving import entry_lock, entry_move, matching_enqueue, offer_end

BATCH_ROWS = 500

MISSED_OFFERS_MAX = 2
"""Who leaves so many offers without an answer waits no more: each keeps a room from everybody else."""

logger = structlog.get_logger(__name__)


def offers_sweep(*, at: datetime | None = None, property_id: int | None = None) -> list[str]:
    """End the offers whose time is up and whose stays nobody took; their references.

    Each in a transaction of its own; one that is busy is left for the next run. An offer whose booking was paid for
    without a click counts as accepted, one whose booking was cancelled as declined.
    """
    at = at or timezone.now()
    passed = []
    for offer_id in offers_over(at=at, limit=BATCH_ROWS, property_id=property_id):
        try:
            offer = offer_settle(offer_id=offer_id, at=at)
        except DomainError as error:
            logger.warning("waitlist_offer_not_settled", offer_id=offer_id, code=error.code)
            continue
        if offer.status == OfferStatus.EXPIRED:
            passed.append(offer.reference)
    for offer_id in offers_unpaid(at=at, limit=BATCH_ROWS):
        _unpaid_end(offer_id, at=at)
    return passed


def offer_settle(*, offer_id: int, at: datetime) -> WaitlistOffer:
    """Bring an open offer to what its time and its booking say; an offer that stands stays as it is.

    Locks nights, booking, folio, entry. Raises `OfferNotFound`, `Unavailable`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking_id = offer_get(offer_id=offer_id).booking_id
        grace = timedelta(minutes=HOLD_GRACE_MINUTES)
        booking = hold_let_go(booking_id=booking_id, if_expires_until=at + grace)
        entry = entry_lock(entry_id=offer_get(offer_id=offer_id).entry_id)
        offer = offer_get(offer_id=offer_id)
        if offer.status != OfferStatus.OPEN or booking.status == BookingStatus.HELD:
            return offer
        if booking.status in SOLD_STATUSES:
            offer_end(offer, target=OfferStatus.ACCEPTED, at=at)
            entry_move(entry, target=EntryStatus.ACCEPTED, at=at)
            accepted_tell(entry, offer, at=at)
            return offer
        if booking.status == BookingStatus.CANCELLED:
            offer_end(offer, target=OfferStatus.DECLINED, at=at)
            entry_move(entry, target=EntryStatus.DECLINED, at=at)
        else:
            _missed(entry, offer, at=at)
        matching_enqueue(property_id=entry.property_id)
    return offer


def _missed(entry: WaitlistEntry, offer: WaitlistOffer, *, at: datetime) -> None:
    """Nobody answered: who would take other stays waits on at the end of the queue, until they miss another."""
    offer_end(offer, target=OfferStatus.EXPIRED, at=at)
    missed = WaitlistOffer.objects.filter(entry_id=entry.pk, status=OfferStatus.EXPIRED).count()
    if entry.has_alternatives() and missed < MISSED_OFFERS_MAX:
        entry_move(entry, target=EntryStatus.WAITING, at=at, queued_at=at)
    else:
        entry_move(entry, target=EntryStatus.EXPIRED, at=at)
    expired_tell(entry, offer)


def entries_expire(*, at: datetime | None = None) -> list[str]:
    """End the wait for days that are gone, with a mail; their references. Each in a transaction of its own."""
    at = at or timezone.now()
    over = []
    for entry_id in entries_over(at=at, limit=BATCH_ROWS):
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                entry = entry_lock(entry_id=entry_id)
                entry_move(entry, target=EntryStatus.EXPIRED, at=at)
                expired_tell(entry)
        except EntryNotWaiting:
            continue
        except DomainError as error:
            logger.warning("waitlist_entry_not_expired", entry_id=entry_id, code=error.code)
            continue
        over.append(entry.reference)
    return over


def _unpaid_end(offer_id: int, *, at: datetime) -> None:
    """End the wait of who accepted and did not pay in time. The booking has gone to the next already."""
    with translate_integrity_errors(), transaction.atomic(durable=True):
        offer = offer_get(offer_id=offer_id)
        entry = entry_lock(entry_id=offer.entry_id)
        is_expired = Booking.objects.filter(pk=offer.booking_id, status=BookingStatus.EXPIRED).exists()
        if entry.status == EntryStatus.ACCEPTED and is_expired:
            entry_move(entry, target=EntryStatus.EXPIRED, at=at)
            expired_tell(entry, offer)
