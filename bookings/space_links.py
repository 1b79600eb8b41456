"""Absolute addresses of the pages of a booked space, for mails and calendars; and the secret that opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from core.references import token_matches

from .access import secret_derive

if TYPE_CHECKING:
    from .models import SpaceBooking

TOKEN_PURPOSE = "bookings.space_access"  # noqa: S105 - a purpose, not a secret


def space_token_new(reference: str) -> str:
    """The token of a booking that is being made; only its hash is stored."""
    return secret_derive(TOKEN_PURPOSE, reference)


def space_token_of(booking: SpaceBooking) -> str:
    """The booking's token, or "" if it cannot be derived any more (the key was rotated away)."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = secret_derive(TOKEN_PURPOSE, booking.reference, key)
        if token_matches(token, booking.access_token_hash):
            return token
    return ""


def space_booking_url(booking: SpaceBooking) -> str:
    """The page of a booked space, with the token that opens it without a log-in."""
    path = reverse("bookings:space_booking", args=[booking.reference])
    token = space_token_of(booking)
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode({'token': token})}" if token else "")
