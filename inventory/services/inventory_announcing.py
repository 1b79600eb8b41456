"""Telling the apps above that the number of free rooms has changed, inside the transaction that changed it."""

from __future__ import annotations

from core.dates import StayDates
from inventory.models import RoomInventory
from inventory.signals import inventory_changed


def inventory_announce(*, property_id: int, room_type_id: int | None, stay: StayDates) -> None:
    """Send `inventory_changed` for the nights of ``stay``; without a room type, of all of the property."""
    inventory_changed.send(
        sender=RoomInventory,
        property_id=property_id,
        room_type_id=room_type_id,
        arrival=stay.arrival,
        departure=stay.departure,
    )
