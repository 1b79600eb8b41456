"""The house that speaks."""

from __future__ import annotations

from typing import TypedDict


class PropertyBrand(TypedDict, total=False):
    """How the house wants to look; without it a message has the site's colours."""

    brand_color: str  # "#10352d"; "" if the house has none
    logo_url: str  # absolute address of a picture; "" if there is none


class PropertyContext(PropertyBrand):
    """The house that speaks; its name and address are the head and foot of the message."""

    name: str
    address: str  # street and number; "" if unknown
    postal_code: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    email: str
    phone: str
    time_zone: str  # IANA; instants are shown in it
    arrival_from: str  # "15:00"
    departure_until: str  # "11:00"
    url: str  # absolute address of the property's page; "" if there is none
