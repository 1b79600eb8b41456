"""Setting alerts in tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.dates import StayDates
from inventory.models import Rate
from inventory.types import Party
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel
from waitlist.models import PriceAlert
from waitlist.services.alerts import AlertWish, alert_create

TWO = Party(adults=2)


def watch(
    house: Hotel,
    *,
    target: Decimal | int | None = None,
    percent: int | None = None,
    stay: StayDates | None = None,
    party: Party = TWO,
    any_room: bool = False,
    at: datetime | None = None,
    **more: Any,
) -> PriceAlert:
    """An account's alert for the first two nights of the house, below 90 % unless told."""
    if target is None and percent is None:
        percent = 10
    if "email" not in more:
        more.setdefault("user", UserFactory.create())
    return alert_create(
        property_id=house.property.pk,
        room_type_id=None if any_room else house.room_type.pk,
        stay=stay or house.stay(0, 2),
        party=party,
        wish=AlertWish(None if target is None else Decimal(target), percent),
        at=at,
        **more,
    )


def price(house: Hotel, amount: Decimal | int, *nights: date) -> None:
    """Every night costs ``amount``, or only those named."""
    rates = Rate.objects.filter(room_type=house.room_type)
    (rates.filter(date__in=nights) if nights else rates).update(price=amount)
