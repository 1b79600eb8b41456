"""What the waitlist does when rooms come free."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from inventory.signals import nights_freed

from .selectors import property_of_freed_nights
from .services.moving import matching_enqueue


@receiver(nights_freed, dispatch_uid="waitlist.nights_freed")
def nights_freed_offers(*, room_type_id: int, arrival: date, departure: date, **_kwargs: Any) -> None:
    """Have the rooms offered at once if somebody waits for them; what is missed here the scheduled run finds."""
    property_id = property_of_freed_nights(room_type_id=room_type_id, arrival=arrival, departure=departure)
    if property_id is not None:
        with transaction.atomic():
            matching_enqueue(property_id=property_id)
