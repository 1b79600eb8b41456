"""A price that was agreed at the desk: checked before anything is booked, and written as a change of the stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from bookings.change_rules import price_refusal
from bookings.changes import stay_change_from
from bookings.exceptions import ReasonRequired
from bookings.models import Booking
from bookings.selectors.changes import staff_powers
from core.dates import StayDates
from core.exceptions import PermissionDenied
from inventory.models import Property
from inventory.selectors import quote_get
from inventory.types import Party

from .changing import booking_change


@dataclass(frozen=True, slots=True)
class DeskPrice:
    """What a night of a room costs instead, in the house's currency, and why."""

    nightly: Decimal
    reason: str


def desk_price_check(
    *,
    price: DeskPrice,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    actor: User,
    at: datetime | None = None,
) -> None:
    """Refuse a price beyond the limit of the actor's role before rooms are held for it. Four queries.

    Raises `PermissionDenied`, `ReasonRequired`, `PriceLimitExceeded`, and what `quote_get` raises.
    """
    listed = quote_get(
        room_type_id=room_type_id, rate_plan_id=rate_plan_id, stay=stay, party=party, at=at, for_staff=True
    )
    house = Property.objects.get(pk=listed.property_id)
    powers = staff_powers(house=house, actor=actor, as_staff=True)
    if not powers.may_override:
        raise PermissionDenied
    if not price.reason.strip():
        raise ReasonRequired
    wanted = replace(listed, room_total=price.nightly * stay.nights * party.rooms)
    refusal = price_refusal(
        nightly=price.nightly, currency=listed.currency, powers=powers, quote=wanted, listed=listed
    )
    if refusal is not None:
        raise refusal


def desk_price_set(
    *, booking: Booking, price: DeskPrice, actor: User, key: str, at: datetime | None = None
) -> Booking:
    """Give a held booking the agreed price, once per ``key``. Raises as `booking_change` does."""
    return booking_change(
        booking_id=booking.pk,
        change=stay_change_from(booking, nightly_override=price.nightly, override_reason=price.reason),
        expected_total=None,
        actor=actor,
        as_staff=True,
        key=f"{key}:{price.nightly}",
        at=at,
    )
