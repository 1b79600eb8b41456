"""What a stay costs right now. Reads the database, never a cache: this is what is sold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from core.dates import StayDates
from inventory.exceptions import SoldOut, StayNotSellable, UnknownRatePlan, UnknownRoomType
from inventory.pricing.quotes import quote_build
from inventory.pricing.restrictions import (
    dates_reason,
    free_reason,
    guests_reason,
    rates_reason,
    stay_reason,
)
from inventory.reasons import ReasonCode
from inventory.types import Party, Quote, Reason, party_split

from .nights import stay_nights
from .terms import house_of_room_type


def quote_get(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = Decimal(0),
    at: datetime | None = None,
    for_staff: bool = False,
) -> Quote:
    """Return the quote of a stay that may be sold at ``at`` (default: now). Two queries, never the cache.

    ``discount_percent`` is the member's. Staff see unpublished properties and may book earlier and later than
    guests. Raises `UnknownRoomType`, `UnknownRatePlan`, `SoldOut` naming the nights, or `StayNotSellable` with the
    reason.
    """
    at = at or timezone.now()
    house = house_of_room_type(room_type_id=room_type_id, first=stay.arrival, last=stay.departure)
    room_type = house.room_types.get(room_type_id) if house else None
    if house is None or room_type is None or not (house.property.is_published or for_staff):
        raise UnknownRoomType
    plan = house.plans.get(rate_plan_id)
    if plan is None or not plan.sells(room_type_id):
        raise UnknownRatePlan
    parties = party_split(party, house.property.child_max_age)
    _refuse(dates_reason(house=house, stay=stay, at=at))
    _refuse(guests_reason(room_type=room_type, parties=parties))
    nights = stay_nights(room_type_id=room_type_id, rate_plan_id=plan.priced_by, stay=stay)
    prices = nights.prices_of(room_type_id, plan.priced_by)
    _refuse(
        free_reason(free=nights.free_of(room_type_id), stay=stay, rooms=party.rooms)
        or stay_reason(
            house=house,
            room_type=room_type,
            plan=plan,
            stay=stay,
            party=party,
            at=at,
            for_staff=for_staff,
        )
        or rates_reason(prices=prices, stay=stay)
    )
    return quote_build(
        house=house,
        room_type=room_type,
        plan=plan,
        prices=prices,
        stay=stay,
        party=party,
        discount_percent=discount_percent,
    )


def _refuse(reason: Reason | None) -> None:
    if reason is None:
        return
    if reason.code == ReasonCode.SOLD_OUT:
        raise SoldOut(reason.message, data=dict(reason.data))
    raise StayNotSellable(reason)
