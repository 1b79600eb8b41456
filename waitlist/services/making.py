"""Making an offer: rooms are held for an entry, and offer and mail are written, in one transaction.

So there is no offer mail without a hold and no hold without an offer, wherever the process ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import discount_for_user, staff_access
from bookings.exceptions import ReferenceTaken
from bookings.models import BookingChannel
from bookings.services.holding import hold_write
from bookings.types import GuestDetails, HeldBooking
from core.dates import local_datetime
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.references import reference_new, token_hash
from inventory.services.nights import nights_lock
from waitlist.access import offer_token_new
from waitlist.exceptions import DoesNotFit, EntryNotWaiting
from waitlist.matching import offerable, total_is_acceptable
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors import market_get, wish_of
from waitlist.transitions import EntryStatus
from waitlist.types import Fit, Obstacle, Offerable

from .mails import offered_tell
from .moving import entry_lock, entry_move

ATTEMPTS = 4

OFFER_SHARE_OF_LEAD = 4
"""Near arrival an offer stands for a quarter of the time that is left..."""

OFFER_MINUTES_LEAST = 60
"""...but never for less than this."""

HOLD_GRACE_MINUTES = 5
"""How much longer than its offer a hold lasts, so that the waitlist, not the next buyer, sees it end."""


def offer_expires_at(entry: WaitlistEntry, fit: Fit, *, at: datetime) -> datetime:
    """Until when an offer made ``at`` stands: ``WAITLIST_OFFER_HOURS``, shorter the nearer the arrival."""
    house = entry.property
    arrives_at = local_datetime(fit.stay.arrival, house.arrival_from, house.time_zone)
    longest = timedelta(hours=settings.WAITLIST_OFFER_HOURS)
    least = timedelta(minutes=OFFER_MINUTES_LEAST)
    return at + max(min(longest, (arrives_at - at) / OFFER_SHARE_OF_LEAD), least)


def offer_make(
    *, entry_id: int, fit: Fit, actor: User | None = None, at: datetime | None = None
) -> WaitlistOffer:
    """Hold the rooms of ``fit`` for an entry and tell its guest. Committed on return.

    One durable transaction: locks the nights in date order, then the entry, quotes afresh, holds, writes booking,
    offer, message and event. The price offered is the price charged. Raises `EntryNotWaiting`, `DoesNotFit` (too dear),
    `SoldOut`, `StayNotSellable`, `QuoteChanged`, `UnknownRatePlan`, `UnknownRoomType`, `Unavailable`.
    """
    at = at or timezone.now()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                nights_lock(room_type_id=fit.room_type_id, stay=fit.stay)
                entry = entry_lock(entry_id=entry_id)
                if entry.status != EntryStatus.WAITING:
                    raise EntryNotWaiting(data={"status": entry.status})
                expires_at = offer_expires_at(entry, fit, at=at)
                held = _hold(entry, fit, actor=actor, expires_at=expires_at, at=at)
                offer = _offer_write(entry, held, actor=actor, expires_at=expires_at)
                entry_move(entry, target=EntryStatus.OFFERED, at=at)
                offered_tell(entry, offer, at=at)
            return offer
        except ReferenceTaken:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("every attempt returns or raises")


def stays_for_entry(*, entry: WaitlistEntry, at: datetime | None = None) -> list[Fit]:
    """What could be offered to an entry now, nearest dates first, then cheapest. Four queries at most."""
    return offerable_to_entry(entry=entry, at=at).fits


def offerable_to_entry(*, entry: WaitlistEntry, at: datetime | None = None) -> Offerable:
    """The same, and where it is nothing, why. Four queries at most."""
    at = at or timezone.now()
    if entry.status != EntryStatus.WAITING:
        return Offerable([], Obstacle.NOT_WAITING)
    flexible = timedelta(days=entry.flexible_days)
    market = market_get(
        property_id=entry.property_id, first=entry.arrival - flexible, last=entry.departure + flexible
    )
    if market is None:
        return Offerable([], Obstacle.UNPUBLISHED)
    wish = wish_of(entry, discount_percent=discount_for_user(entry.user))
    return offerable(market=market, wish=wish, at=at)


def offer_make_by_hand(*, entry_id: int, fit: Fit, actor: User, at: datetime | None = None) -> WaitlistOffer:
    """Offer a stay that staff chose out of `stays_for_entry`, past everybody who came earlier.

    Raises `PermissionDenied`, `EntryNotWaiting`, `DoesNotFit` for what is not wished or not sold at that price any
    more, and as `offer_make`.
    """
    at = at or timezone.now()
    entry = WaitlistEntry.objects.with_house().select_related("user").filter(pk=entry_id).first()
    roles = OPERATION_PERMISSIONS["waitlist_offer"]
    if entry is None or not may_with(staff_access(actor), entry.property_id, roles):
        raise PermissionDenied
    if entry.status != EntryStatus.WAITING:
        raise EntryNotWaiting(data={"status": entry.status})
    if fit not in stays_for_entry(entry=entry, at=at):
        raise DoesNotFit
    return offer_make(entry_id=entry_id, fit=fit, actor=actor, at=at)


def _hold(
    entry: WaitlistEntry, fit: Fit, *, actor: User | None, expires_at: datetime, at: datetime
) -> HeldBooking:
    """Hold at exactly the price that was found, never above what the guest would pay."""
    wish = wish_of(entry)
    if not total_is_acceptable(wish, fit.total, fit.currency):
        raise DoesNotFit
    with override(entry.language):  # the quote is written as it will be read
        return hold_write(
            room_type_id=fit.room_type_id,
            rate_plan_id=fit.rate_plan_id,
            stay=fit.stay,
            party=wish.party,
            expected_total=fit.total,
            expected_currency=fit.currency,
            guest=GuestDetails(
                name=entry.guest_name,
                email=entry.guest_email,
                phone=str(entry.guest_phone),
                language=entry.language,
            ),
            user=entry.user,
            actor=actor,
            channel=BookingChannel.WEB,
            expires_at=expires_at + timedelta(minutes=HOLD_GRACE_MINUTES),
            at=at,
            is_offer=True,
        )


def _offer_write(
    entry: WaitlistEntry, held: HeldBooking, *, actor: User | None, expires_at: datetime
) -> WaitlistOffer:
    reference = reference_new()
    return WaitlistOffer.objects.create(
        reference=reference,
        access_token_hash=token_hash(offer_token_new(reference)),
        entry=entry,
        booking=held.booking,
        total=held.booking.total,
        currency=held.booking.currency,
        expires_at=expires_at,
        made_by=actor,
    )
