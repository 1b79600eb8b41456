"""Offers, and those whose time is up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from bookings.transitions import BookingStatus
from waitlist.exceptions import OfferNotFound
from waitlist.models import WaitlistOffer
from waitlist.transitions import EntryStatus, OfferStatus

UNPAID_WITHIN = timedelta(days=2)
"""An accepted stay is paid for, or its hold over, long before."""


def offer_get(*, offer_id: int) -> WaitlistOffer:
    """The offer with entry, property, booking, room type and rate plan. One query. Raises `OfferNotFound`."""
    offer = WaitlistOffer.objects.with_stay().filter(pk=offer_id).first()
    if offer is None:
        raise OfferNotFound
    return offer


def offers_over(*, at: datetime, limit: int, property_id: int | None = None) -> list[int]:
    """Open offers whose time is up, or whose booking is not just held any more. One query."""
    offers = WaitlistOffer.objects.open().filter(
        Q(expires_at__lte=at) | ~Q(booking__status=BookingStatus.HELD)
    )
    if property_id is not None:
        offers = offers.filter(entry__property_id=property_id)
    return list(offers.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit])


def offers_unpaid(*, at: datetime, limit: int) -> list[int]:
    """Accepted offers whose booking has expired without money. One query."""
    offers = WaitlistOffer.objects.filter(
        status=OfferStatus.ACCEPTED,
        answered_at__gte=at - UNPAID_WITHIN,
        entry__status=EntryStatus.ACCEPTED,
        booking__status=BookingStatus.EXPIRED,
    )
    return list(offers.order_by("pk").values_list("pk", flat=True)[:limit])
