"""What messages about waiting for a room or a price hold."""

from __future__ import annotations

from typing import TypedDict

from .houses import PropertyContext


class WaitlistOffer(TypedDict, total=False):
    """The offer that a message tells of."""

    offer_arrival: str
    offer_departure: str
    offer_room_type: str
    rate_plan: str
    total: str
    expires_at: str
    accept_url: str
    decline_url: str
    is_waiting: bool  # told of an expired offer: whether the guest waits on, for other nights or rooms


class WaitlistContext(WaitlistOffer):
    """What somebody waits for. An expired offer may be told with its ``offer_…`` keys; without, the days are gone."""

    guest_name: str
    property: PropertyContext
    currency: str
    arrival: str
    departure: str
    flexible_days: int  # the stay may begin so many days earlier or later
    rooms: int
    adults: int
    children_ages: list[int]
    room_type: str  # "" is any
    max_total: str | None
    url: str  # absolute address of the entry, to change it or to leave


class WaitlistOfferedContext(TypedDict):
    """Rooms are kept for the guest until ``expires_at``, at the price ``total``."""

    guest_name: str
    property: PropertyContext
    currency: str
    arrival: str
    departure: str
    flexible_days: int
    rooms: int
    adults: int
    children_ages: list[int]
    room_type: str
    max_total: str | None
    url: str
    offer_arrival: str
    offer_departure: str
    offer_room_type: str
    rate_plan: str
    total: str
    expires_at: str
    accept_url: str
    decline_url: str


class PriceAlertContext(TypedDict):
    """A stay costs less than it did, and can be booked at that price."""

    guest_name: str
    property: PropertyContext
    room_type: str
    rate_plan: str
    arrival: str
    departure: str
    adults: int
    children_ages: list[int]
    rooms: int
    currency: str
    before: str
    total: str
    book_url: str
    manage_url: str
