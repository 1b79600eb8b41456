"""What those who wait have done when rooms come free or rates change."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from inventory.signals import nights_freed, rates_changed

from .selectors import property_of_freed_nights
from .services.alert_checks import alerts_check_enqueue, alerts_check_enqueue_freed
from .services.moving import matching_enqueue


@receiver(nights_freed, dispatch_uid="waitlist.nights_freed")
def nights_freed_offers(*, room_type_id: int, arrival: date, departure: date, **_kwargs: Any) -> None:
    """Have the rooms offered at once if somebody waits for them; what is missed here the scheduled run finds."""
    property_id = property_of_freed_nights(room_type_id=room_type_id, arrival=arrival, departure=departure)
    if property_id is not None:
        with transaction.atomic():
            matching_enqueue(property_id=property_id)


@receiver(rates_changed, dispatch_uid="waitlist.rates_changed")
def rates_changed_watch(*, property_id: int, **_arguments: Any) -> None:
    """Nightly rates changed: whoever watches a price there may be told, once the change is committed."""
    alerts_check_enqueue(property_id=property_id)


@receiver(nights_freed, dispatch_uid="waitlist.nights_freed_watch")
def nights_freed_watch(*, room_type_id: int, arrival: date, departure: date, **_arguments: Any) -> None:
    """Rooms came free: a price that could not be booked may be one to tell of."""
    alerts_check_enqueue_freed(room_type_id=room_type_id, arrival=arrival, departure=departure)
