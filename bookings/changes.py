"""Changes of a stay as plain data: what is wanted, what stays as it is, and the snapshots that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import override

from core.dates import StayDates, date_range
from inventory.pricing.labels import line_label
from inventory.types import Party, Quote

from .models import Booking
from .types import StayChange


def party_of(booking: Booking) -> Party:
    """Who stays. Imported bookings may have rooms without an adult: each counts as one."""
    return Party(max(booking.adults, booking.rooms), tuple(booking.children_ages), booking.rooms)


def stay_change_from(booking: Booking, **differences: Any) -> StayChange:
    """The stay as it is, but for ``differences`` (fields of `StayChange`)."""
    return replace(
        StayChange(
            arrival=booking.arrival,
            departure=booking.departure,
            room_type_id=booking.room_type_id,
            rate_plan_id=booking.rate_plan_id,
            party=differences.pop("party", None) or party_of(booking),
        ),
        **differences,
    )


def nights_kept(booking: Booking, change: StayChange) -> list[date]:
    """The nights that keep the price they were sold at: same date, room type, rate plan and party.

    None if staff give all nights today's price.
    """
    if change.reprice or not _is_same_product(booking, change):
        return []
    return [night for night in change.stay.dates() if booking.arrival <= night < booking.departure]


def changed_fields(booking: Booking, change: StayChange) -> list[str]:
    """The names of what is different, as programs are told them."""
    pairs = {
        "arrival": (booking.arrival, change.arrival),
        "departure": (booking.departure, change.departure),
        "room_type": (booking.room_type_id, change.room_type_id),
        "rate_plan": (booking.rate_plan_id, change.rate_plan_id),
        "rooms": (booking.rooms, change.party.rooms),
        "adults": (party_of(booking).adults, change.party.adults),
        "children_ages": (sorted(booking.children_ages), sorted(change.party.children_ages)),
    }
    return [name for name, (old, new) in pairs.items() if old != new]


def stay_snapshot(booking: Booking, *, night_prices: Mapping[date, Decimal]) -> dict[str, Any]:
    """The stay as it is, as history keeps it. Room type and rate plan are at hand."""
    return {
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "room_type": {"id": booking.room_type_id, "name": booking.room_type.name},
        "rate_plan": {"id": booking.rate_plan_id, "name": booking.rate_plan.name},
        "rooms": booking.rooms,
        "adults": booking.adults,
        "children_ages": list(booking.children_ages),
        "total": str(booking.total),
        "nights": {night.isoformat(): str(price) for night, price in sorted(night_prices.items())},
    }


def quote_snapshot(
    quote: Quote, *, room_type_name: str, rate_plan_name: str, terms: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """The stay as it is to be, with the quote and the terms it is sold by; labels in the guest's ``language``."""
    nights: dict[str, Decimal] = {}
    for night in quote.nights:
        nights[night.date.isoformat()] = nights.get(night.date.isoformat(), Decimal(0)) + night.price
    return {
        "arrival": quote.stay.arrival.isoformat(),
        "departure": quote.stay.departure.isoformat(),
        "room_type": {"id": quote.room_type_id, "name": room_type_name},
        "rate_plan": {"id": quote.rate_plan_id, "name": rate_plan_name},
        "rooms": quote.party.rooms,
        "adults": quote.party.adults,
        "children_ages": list(quote.party.children_ages),
        "total": str(quote.total),
        "nights": {night: str(price) for night, price in nights.items()},
        "quote": _relabelled(quote.as_json(), language=language),
        "terms": dict(terms),
    }


def nights_difference(booking: Booking, after: Mapping[str, Any]) -> dict[tuple[int, date], int]:
    """By how many rooms each night of a room type goes up or down, as (room type, night)."""
    difference = dict.fromkeys(
        [(after["room_type"]["id"], night) for night in snapshot_stay(after).dates()], after["rooms"]
    )
    for night in date_range(booking.arrival, booking.departure):
        key = (booking.room_type_id, night)
        difference[key] = difference.get(key, 0) - booking.rooms
    return {key: rooms for key, rooms in difference.items() if rooms}


def snapshot_stay(snapshot: Mapping[str, Any]) -> StayDates:
    """The nights of a snapshot."""
    return StayDates(date.fromisoformat(snapshot["arrival"]), date.fromisoformat(snapshot["departure"]))


def _is_same_product(booking: Booking, change: StayChange) -> bool:
    return not {"room_type", "rate_plan", "rooms", "adults", "children_ages"} & set(
        changed_fields(booking, change)
    )


def _relabelled(quote: dict[str, Any], *, language: str) -> dict[str, Any]:
    with override(language):
        lines = [
            {**line, "label": line_label(line["kind"], line["data"]) if line["data"] else line["label"]}
            for line in quote["lines"]
        ]
    return {**quote, "lines": lines}
