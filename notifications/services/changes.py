"""Events about what is for sale: which nights to read again. Each once per transaction and property."""

from __future__ import annotations

from datetime import date, timedelta

from inventory.models import Restriction
from notifications.types.events import INVENTORY_CHANGED, RATES_CHANGED

from .events import domain_event_record

ONE_DAY = timedelta(days=1)


def inventory_change_record(*, property_id: int, room_type_id: int | None, first: date, end: date) -> None:
    """Other numbers of rooms are free on the nights ``[first, end)``; without a room type, of all. One query."""
    domain_event_record(
        type=INVENTORY_CHANGED,
        property_id=property_id,
        subject=f"property:{property_id}",
        data={"changes": [{"room_type": room_type_id, **_nights(first, end - ONE_DAY)}]},
    )


def restriction_change_record(*, restriction: Restriction) -> None:
    """A restriction has come, gone or changed; without a room type or plan it is about all of them. One query."""
    change = {
        "room_type": restriction.room_type_id,
        "rate_plan": restriction.rate_plan_id,
        **_nights(restriction.first_date, restriction.last_date),
    }
    domain_event_record(
        type=RATES_CHANGED,
        property_id=restriction.property_id,
        subject=f"property:{restriction.property_id}",
        data={"changes": [change]},
    )


def _nights(first: date, last: date) -> dict[str, str]:
    """Both ends included."""
    return {"first_night": first.isoformat(), "last_night": last.isoformat()}
