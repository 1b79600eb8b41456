"""Addresses of a trip that may be handed on: a page to read, and a calendar to subscribe to."""

from __future__ import annotations

import secrets

from django.db import transaction

from bookings.models import Trip
from core.exceptions import translate_integrity_errors

from .gathering import trip_lock


@translate_integrity_errors()
def trip_share_set(
    *, trip_id: int, is_shared: bool, shares_prices: bool = False, shares_guests: bool = False
) -> Trip:
    """Hand out an address under which everybody reads the itinerary, or make the one there is worthless.

    Prices, and names with references, are shown there only if asked for. What is shared already keeps its address.
    Locks the trip. Raises `TripNotFound`.
    """
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        trip.share_nonce = (trip.share_nonce or secrets.token_hex(16)) if is_shared else ""
        trip.shares_prices = is_shared and shares_prices
        trip.shares_guests = is_shared and shares_guests
        trip.save(update_fields=["share_nonce", "shares_prices", "shares_guests", "updated_at"])
    return trip


@translate_integrity_errors()
def trip_calendar_set(*, trip_id: int, is_published: bool) -> Trip:
    """Hand out the secret address of the trip's calendar, or make it worthless. Locks the trip."""
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        trip.calendar_nonce = (trip.calendar_nonce or secrets.token_hex(16)) if is_published else ""
        trip.save(update_fields=["calendar_nonce", "updated_at"])
    return trip
