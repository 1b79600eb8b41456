"""What becomes of an offer: the guest takes it or not, or staff take it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import staff_access
from bookings.exceptions import HoldExpired
from bookings.models import Booking
from bookings.selectors import booking_by_reference, payment_options
from bookings.services import booking_payment_start
from bookings.services.keeping import hold_keep, hold_let_go
from bookings.transitions import SOLD_STATUSES, BookingStatus
from core.exceptions import DomainError, PermissionDenied, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from waitlist.exceptions import OfferInPayment, OfferOver
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import offer_get
from waitlist.transitions import EntryStatus, OfferStatus

from .mails import accepted_tell
from .moving import entry_lock, entry_move, matching_enqueue, offer_end

PAY_MINUTES = 60
"""How long rooms are kept for who has accepted and is to pay now."""

PAY_LIMIT_MINUTES = 180
"""However often they start to pay."""

NOTE_MAX_LENGTH = 200

logger = structlog.get_logger(__name__)


def offer_accept(
    *,
    offer_id: int,
    user: User | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> WaitlistOffer:
    """Take an offer: its hold becomes a booking to be paid like any other, at the price of the offer.

    Where nothing is due before the stay the booking is confirmed at once; else the rooms are kept for an hour at least.
    Accepting twice is accepting once. Locks booking and entry. Raises `OfferOver`, `OfferNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    offer = _accept(offer_id, at=at)
    _confirm_if_nothing_due(offer.booking.reference, offer, user=user, at=at)
    offer = offer_get(offer_id=offer_id)
    if idempotency is not None:
        with transaction.atomic(durable=True):
            idempotency.complete(offer)
    return offer


def offer_decline(
    *,
    offer_id: int,
    keep_waiting: bool = False,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> WaitlistOffer:
    """Turn an offer down: the rooms go to the next. Declining twice is declining once.

    ``keep_waiting``: at the end of the queue, for other dates or rooms than these; where only this stay was wished the
    wait is over. Locks nights, booking, folio, entry. Raises `OfferOver`, `OfferInPayment`, `OfferNotFound`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        offer, entry = _let_go(offer_id)
        if offer.status != OfferStatus.DECLINED:
            offer_end(offer, target=OfferStatus.DECLINED, at=at)
            if keep_waiting and entry.has_alternatives():
                entry_move(entry, target=EntryStatus.WAITING, at=at, queued_at=at)
            else:
                entry_move(entry, target=EntryStatus.DECLINED, at=at)
            matching_enqueue(property_id=entry.property_id)
        if idempotency is not None:
            idempotency.complete(offer)
    return offer


def offer_withdraw(*, offer_id: int, actor: User, reason: str, at: datetime | None = None) -> WaitlistOffer:
    """Take an open offer back; its guest waits on in the same place, and is not offered that stay by itself again.

    Locks nights, booking, folio, entry. Raises `PermissionDenied`, `OfferOver`, `OfferInPayment`.

    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        offer, entry = _let_go(offer_id)
        roles = OPERATION_PERMISSIONS["waitlist_offer"]
        if not may_with(staff_access(actor), entry.property_id, roles):
            raise PermissionDenied
        offer_end(offer, target=OfferStatus.WITHDRAWN, at=at, note=reason.strip()[:NOTE_MAX_LENGTH])
        entry_move(entry, target=EntryStatus.WAITING, at=at)
        matching_enqueue(property_id=entry.property_id)
    return offer


def _accept(offer_id: int, *, at: datetime) -> WaitlistOffer:
    try:
        with translate_integrity_errors(), transaction.atomic(durable=True):
            offer = offer_get(offer_id=offer_id)
            if offer.status == OfferStatus.ACCEPTED:
                return offer
            booking = hold_keep(
                booking_id=offer.booking_id,
                until=at + timedelta(minutes=PAY_MINUTES),
                limit_at=max(offer.expires_at, at) + timedelta(minutes=PAY_LIMIT_MINUTES),
            )
            entry = entry_lock(entry_id=offer.entry_id)
            offer = offer_get(offer_id=offer_id)
            if offer.status == OfferStatus.ACCEPTED:
                return offer
            if offer.expires_at <= at and booking.status not in SOLD_STATUSES:
                raise OfferOver(data={"status": OfferStatus.EXPIRED.value})
            offer_end(offer, target=OfferStatus.ACCEPTED, at=at)
            entry_move(entry, target=EntryStatus.ACCEPTED, at=at)
            accepted_tell(entry, offer, at=at)
    except HoldExpired as error:
        raise OfferOver(data={"status": OfferStatus.EXPIRED.value}) from error
    return offer


def _confirm_if_nothing_due(reference: str, offer: WaitlistOffer, *, user: User | None, at: datetime) -> None:
    """Confirm at once what is paid at the house. What cannot be is left to the guest, on the page for paying."""
    booking = booking_by_reference(reference)
    if booking.status != BookingStatus.HELD or booking.deposit_due > 0:
        return
    at_house = next((option for option in payment_options(booking=booking) if option.is_guarantee), None)
    if at_house is None:
        return
    try:
        booking_payment_start(
            booking_id=booking.pk,
            gateway=at_house.gateway,
            purpose=at_house.purpose,
            idempotency_key=f"waitlist-{offer.reference}",
            return_url="",
            user=user,
            at=at,
        )
    except DomainError as error:
        logger.warning("waitlist_booking_not_confirmed", booking_id=booking.pk, code=error.code)


def _let_go(offer_id: int) -> tuple[WaitlistOffer, WaitlistEntry]:
    """The offer with its hold ended and its entry locked. Raises `OfferInPayment` if there is money."""
    booking: Booking | None = None
    offer = offer_get(offer_id=offer_id)
    if offer.status == OfferStatus.OPEN:
        booking = hold_let_go(booking_id=offer.booking_id)
    entry = entry_lock(entry_id=offer.entry_id)
    offer = offer_get(offer_id=offer_id)
    if booking is not None and booking.status in (BookingStatus.HELD, *SOLD_STATUSES):
        raise OfferInPayment
    return offer, entry
