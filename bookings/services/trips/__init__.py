"""Writes of trips. Lock order: Trip → RoomInventory → Booking → Folio → Payment."""

from .gathering import (
    TITLE_MAX_LENGTH,
    trip_booking_add,
    trip_booking_remove,
    trip_change,
    trip_create,
    trip_delete,
    trips_claim,
)
from .paying import trip_payment_start
from .sharing import trip_calendar_set, trip_share_set

__all__ = [
    "TITLE_MAX_LENGTH",
    "trip_booking_add",
    "trip_booking_remove",
    "trip_calendar_set",
    "trip_change",
    "trip_create",
    "trip_delete",
    "trip_payment_start",
    "trip_share_set",
    "trips_claim",
]
