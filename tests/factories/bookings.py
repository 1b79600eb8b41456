"""Bookings as the services make them: every row they need is there, and the inventory knows of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from accounts.models import User
from bookings.models import Booking
from bookings.services import booking_hold, booking_payment_start
from bookings.types import GuestDetails, HeldBooking
from core.dates import StayDates
from inventory.types import Party

from .inventory import Hotel

GUEST = GuestDetails(
    name="Ada Lovelace", email="ada@example.com", phone="+493012345678", country="GB", language="en"
)


def held(
    house: Hotel,
    *,
    stay: StayDates | None = None,
    rooms: int = 1,
    adults: int | None = None,
    guest: GuestDetails | None = GUEST,
    user: User | None = None,
    at: datetime | None = None,
    **more: Any,
) -> HeldBooking:
    """A hold for two adults per room, with its guest; two nights unless told."""
    return booking_hold(
        room_type_id=house.room_type.pk,
        rate_plan_id=more.pop("rate_plan", house.plan).pk,
        stay=stay or house.stay(),
        party=Party(adults=adults or 2 * rooms, rooms=rooms),
        expected_total=more.pop("expected_total", None),
        guest=guest,
        user=user,
        actor=more.pop("actor", user),
        channel=more.pop("channel", "web"),
        at=at,
        **more,
    )


def confirmed(house: Hotel, *, purpose: str = "total", card: str = "success", **more: Any) -> Booking:
    """A stay that has been paid for through the sandbox."""
    booking = held(house, **more).booking
    payment = pay(booking, purpose=purpose, card=card, at=more.get("at"))
    assert payment.status == "captured", payment.failure_code
    booking.refresh_from_db()
    return booking


def pay(booking: Booking, *, purpose: str = "total", card: str = "success", **more: Any) -> Any:
    """Pay through the sandbox under a key of its own."""
    return booking_payment_start(
        booking_id=booking.pk,
        gateway=more.pop("gateway", "sandbox"),
        purpose=purpose,
        idempotency_key=more.pop("key", uuid4().hex),
        return_url="http://testserver/",
        card=card,
        **more,
    )
