"""The stays that our calendar of a room type shows to other channels: when, never who."""

from __future__ import annotations

from datetime import date

from bookings.models import Booking
from inventory.channels.sources import StayTaken


def stays_for_channels(room_type_id: int, first: date) -> list[StayTaken]:
    """Bookings that take rooms of a type and are not over on ``first``. One query."""
    rows = (
        Booking.objects.occupying()
        .filter(room_type_id=room_type_id, departure__gt=first)
        .order_by("arrival", "pk")
        .values_list("pk", "arrival", "departure", "version", "updated_at")
    )
    return [
        StayTaken(key=f"booking:{pk}", start=arrival, end=departure, version=version, changed_at=changed_at)
        for pk, arrival, departure, version, changed_at in rows
    ]
