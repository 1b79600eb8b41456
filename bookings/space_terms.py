"""What cancelling a booking of a space costs, by the terms it was sold with."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bookings.space_transitions import SpaceBookingStatus
from core.money import round_money

if TYPE_CHECKING:
    from bookings.models import SpaceBooking
    from inventory.models import Space


def terms_of(space: Space) -> dict[str, Any]:
    """The terms of a space now, as a booking keeps them."""
    return {
        "free_hours": space.free_cancellation_hours,
        "fee_percent": space.cancellation_fee_percent,
        "is_prepaid": space.is_prepaid,
        "needs_approval": space.needs_approval,
        "needs_check_in": space.needs_check_in,
        "no_show_minutes": space.no_show_minutes,
    }


def free_until(booking: SpaceBooking) -> datetime:
    """The instant before which cancelling is free."""
    return booking.start - timedelta(hours=int(booking.terms.get("free_hours", 0)))


def fee_in_full(booking: SpaceBooking) -> Decimal:
    """What cancelling late, or not coming, costs. Formula: total x percent / 100, to the minor unit."""
    percent = Decimal(int(booking.terms.get("fee_percent", 0)))
    return round_money(booking.total * percent / 100, booking.currency)


def is_settled(booking: SpaceBooking) -> bool:
    """Whether it is agreed for good: neither an answer nor money is waited for."""
    return booking.status not in (SpaceBookingStatus.REQUESTED, SpaceBookingStatus.HELD) and not (
        booking.status == SpaceBookingStatus.APPROVED and booking.hold_expires_at is not None
    )


def fee_at(booking: SpaceBooking, *, at: datetime) -> Decimal:
    """What cancelling at an instant costs: nothing in the free time, or while nothing is agreed for good."""
    if not is_settled(booking) or at < free_until(booking):
        return Decimal(0)
    return fee_in_full(booking)
