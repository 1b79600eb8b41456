"""Absolute addresses of a booking's pages, for mails and calendar files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from .access import access_token_of

if TYPE_CHECKING:
    from inventory.models import Property

    from .models import Booking


def booking_url(booking: Booking, *, step: str = "detail") -> str:
    """The booking's page, or another ``step`` ("pay"), with the token that opens it without a log-in."""
    path = reverse(f"bookings:{step}", args=[booking.reference])
    token = access_token_of(booking)
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode({'token': token})}" if token else "")


def property_url(property: Property) -> str:  # noqa: A002 - the word of the field
    """The property's page."""
    return settings.SITE_URL + reverse("inventory:property", args=[property.slug])
