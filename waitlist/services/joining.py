"""Beginning to wait, and giving it up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import discount_for_user
from bookings.exceptions import ReferenceTaken
from bookings.models import Booking
from bookings.services.guests import guest_clean
from bookings.services.keeping import hold_let_go
from bookings.transitions import SOLD_STATUSES, BookingStatus
from bookings.types import GuestDetails
from core.dates import StayDates, property_today
from core.exceptions import LOCK_RETRY_SECONDS, Unavailable, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from core.money import round_money
from core.references import reference_new, token_hash
from inventory.exceptions import UnknownRoomType
from inventory.types import Party
from waitlist.access import entry_token_new
from waitlist.exceptions import NeverFits, OfferInPayment, RoomsAvailable, WishInvalid
from waitlist.matching import Market, fits, wish_can_ever_fit
from waitlist.models import FLEXIBLE_DAYS_MAX, WaitlistEntry, WaitlistOffer
from waitlist.selectors import market_get
from waitlist.transitions import EntryStatus, OfferStatus
from waitlist.types import JoinedEntry, Wish

from .mails import joined_tell
from .moving import entry_lock, entry_move, matching_enqueue, offer_end

STAY_MAX_NIGHTS = 60
AHEAD_MAX_DAYS = 732
ATTEMPTS = 4


def entry_join(
    *,
    property_id: int,
    room_type_id: int | None,
    stay: StayDates,
    party: Party,
    flexible_days: int,
    max_total: Decimal | None,
    guest: GuestDetails,
    user: User | None,
    at: datetime | None = None,
    max_total_currency: str | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> JoinedEntry:
    """Put somebody on the waitlist, with the mail that says so. Committed on return.

    ``max_total`` is in the property's currency, which ``max_total_currency`` may name to be sure, taxes included.
    Whoever could book the very dates now is told so instead. Six queries to look, one durable transaction to write; no
    lock. Raises `UnknownRoomType`, `WishInvalid`, `NeverFits`, `RoomsAvailable` with the stay, `AlreadyWaiting`,
    `GuestInvalid`.
    """
    at = at or timezone.now()
    guest = guest_clean(guest, email_required=True)
    market = _market(property_id, stay)
    terms = market.house.property
    if max_total_currency not in (None, terms.currency):
        raise WishInvalid(
            _("This house's prices are in %(currency)s.") % {"currency": terms.currency}, field="max_total"
        )
    wish = Wish(
        stay=stay,
        party=party,
        room_type_id=room_type_id,
        flexible_days=flexible_days,
        max_total=None if max_total is None else round_money(max_total, terms.currency),
        currency=terms.currency,
        discount_percent=discount_for_user(user),
    )
    _wish_check(market, wish, at)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                joined = _entry_write(property_id, wish, guest=guest, user=user, at=at)
                joined_tell(joined.entry, at=at)
                matching_enqueue(property_id=property_id)  # other dates or kinds may be free at once
                if idempotency is not None:
                    idempotency.complete(joined)
            return joined
        except ReferenceTaken:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("every attempt returns or raises")


def entry_leave(
    *, entry_id: int, at: datetime | None = None, idempotency: IdempotencyClaim | None = None
) -> WaitlistEntry:
    """Take somebody off the waitlist; what they were offered goes to the next. Leaving twice is leaving once.

    Locks nights, booking, folio of an open offer, then the entry. Raises `EntryNotWaiting` for who has a room or whose
    wait is over, `OfferInPayment`, `EntryNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        offer = WaitlistOffer.objects.open().filter(entry_id=entry_id).first()
        booking = hold_let_go(booking_id=offer.booking_id) if offer else None
        entry = entry_lock(entry_id=entry_id)
        if entry.status != EntryStatus.LEFT:
            _leave(entry, offer, booking, at)
        if idempotency is not None:
            idempotency.complete(entry)
    return entry


def _leave(entry: WaitlistEntry, offer: WaitlistOffer | None, booking: Booking | None, at: datetime) -> None:
    """End the wait of a locked entry, and its open offer, whose hold has been let go."""
    if entry.status == EntryStatus.OFFERED:
        if offer is None or booking is None:  # made between the look and the lock
            raise Unavailable(code="busy", retry_after=LOCK_RETRY_SECONDS)
        if booking.status in (BookingStatus.HELD, *SOLD_STATUSES):
            raise OfferInPayment
        offer.refresh_from_db()
        offer_end(offer, target=OfferStatus.DECLINED, at=at)
        matching_enqueue(property_id=entry.property_id)
    entry_move(entry, target=EntryStatus.LEFT, at=at)


def _market(property_id: int, stay: StayDates) -> Market:
    market = market_get(property_id=property_id, first=stay.arrival, last=stay.departure)
    if market is None or not market.house.property.is_published:
        raise UnknownRoomType
    return market


def _wish_check(market: Market, wish: Wish, at: datetime) -> None:
    """Refuse what can never come true, and what is true already."""
    today = property_today(market.house.property.time_zone, at)
    if wish.room_type_id is not None and wish.room_type_id not in market.house.room_types:
        raise UnknownRoomType
    if not 0 <= wish.flexible_days <= FLEXIBLE_DAYS_MAX:
        raise WishInvalid(
            _("You can be flexible by up to %(days)d days.") % {"days": FLEXIBLE_DAYS_MAX},
            field="flexible_days",
        )
    if wish.stay.arrival < today:
        raise WishInvalid(_("The arrival is in the past."), field="arrival")
    if wish.stay.arrival > today + timedelta(days=AHEAD_MAX_DAYS):
        raise WishInvalid(_("We sell rooms up to two years ahead."), field="arrival")
    if wish.stay.nights > STAY_MAX_NIGHTS:
        raise WishInvalid(
            _("A stay has at most %(nights)d nights.") % {"nights": STAY_MAX_NIGHTS}, field="departure"
        )
    if wish.max_total is not None and wish.max_total <= 0:
        raise WishInvalid(_("The highest total must be more than nothing."), field="max_total")
    if not wish_can_ever_fit(market=market, wish=wish, at=at):
        raise NeverFits(field="rooms")
    exact = Wish(
        stay=wish.stay,
        party=wish.party,
        room_type_id=wish.room_type_id,
        max_total=wish.max_total,
        currency=wish.currency,
        discount_percent=wish.discount_percent,
    )
    for fit in fits(market=market, wish=exact, at=at):
        raise RoomsAvailable(
            data={
                "room_type": fit.room_type_id,
                "rate_plan": fit.rate_plan_id,
                "arrival": fit.stay.arrival.isoformat(),
                "departure": fit.stay.departure.isoformat(),
                "total": {"amount": str(fit.total), "currency": fit.currency},
            }
        )


def _entry_write(
    property_id: int, wish: Wish, *, guest: GuestDetails, user: User | None, at: datetime
) -> JoinedEntry:
    reference = reference_new()
    token = entry_token_new(reference)
    entry = WaitlistEntry.objects.create(
        reference=reference,
        access_token_hash=token_hash(token),
        property_id=property_id,
        room_type_id=wish.room_type_id,
        user=user,
        guest_name=guest.name,
        guest_email=guest.email,
        guest_phone=guest.phone,
        language=guest.language,
        arrival=wish.stay.arrival,
        departure=wish.stay.departure,
        flexible_days=wish.flexible_days,
        rooms=wish.party.rooms,
        adults=wish.party.adults,
        children_ages=list(wish.party.children_ages),
        max_total=wish.max_total,
        currency=wish.currency,
        queued_at=at,
    )
    return JoinedEntry(entry=entry, access_token=token)
