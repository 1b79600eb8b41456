"""The parts that contexts of messages share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from .types import PropertyContext

if TYPE_CHECKING:
    from inventory.models import Property


def property_context(house: Property) -> PropertyContext:
    """The house that speaks, as it is now. No query."""
    return {
        "name": house.name,
        "address": house.address,
        "postal_code": house.postal_code,
        "city": house.city,
        "country": house.country,
        "email": house.email,
        "phone": str(house.phone),
        "time_zone": house.time_zone,
        "arrival_from": house.arrival_from.strftime("%H:%M"),
        "departure_until": house.departure_until.strftime("%H:%M"),
        "url": settings.SITE_URL + reverse("inventory:property", args=[house.slug]),
        "brand_color": house.brand_color,
        "logo_url": urljoin(settings.SITE_URL, house.logo.url) if house.logo else "",
    }
