"""Reads of the waitlist."""

from .access import entry_for_access, offer_for_access
from .details import entries_active, entries_with_offers, entry_details, entry_place
from .lists import ENTRY_ORDERS, entries_visible
from .offers import offer_get, offers_over, offers_unpaid
from .queue import (
    entries_over,
    entries_waiting,
    market_get,
    property_of_freed_nights,
    waiting_property_ids,
    wish_of,
)

__all__ = [
    "ENTRY_ORDERS",
    "entries_active",
    "entries_over",
    "entries_visible",
    "entries_waiting",
    "entries_with_offers",
    "entry_details",
    "entry_for_access",
    "entry_place",
    "market_get",
    "offer_for_access",
    "offer_get",
    "offers_over",
    "offers_unpaid",
    "property_of_freed_nights",
    "waiting_property_ids",
    "wish_of",
]
