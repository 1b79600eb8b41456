"""What a room of a group costs: the price that was agreed for a night, else what the rate plan says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from core.dates import StayDates
from inventory.exceptions import StayNotSellable, UnknownRatePlan, UnknownRoomType
from inventory.pricing.quotes import Pricer, quote_build
from inventory.pricing.restrictions import guests_reason, rates_reason
from inventory.types import Party, Quote, party_split

from .nights import stay_nights
from .terms import house_of_room_type


def quote_for_group(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    agreed: Mapping[date, Decimal],
) -> Quote:
    """Return the quote of a group's room; ``agreed`` has a room's price on nights with a fixed one. Two queries.

    What was agreed with the group goes before restrictions and booking windows; whether rooms are free is not asked.
    Raises `UnknownRoomType`, `UnknownRatePlan`, and `StayNotSellable` for guests who do not fit and nights without any
    price.
    """
    house = house_of_room_type(room_type_id=room_type_id, first=stay.arrival, last=stay.departure)
    room_type = house.room_types.get(room_type_id) if house else None
    if house is None or room_type is None:
        raise UnknownRoomType
    plan = house.plans.get(rate_plan_id)
    if plan is None:
        raise UnknownRatePlan
    parties = party_split(party, house.property.child_max_age)
    nights = stay_nights(room_type_id=room_type_id, rate_plan_id=plan.priced_by, stay=stay)
    prices = {**nights.prices_of(room_type_id, plan.priced_by), **agreed}
    reason = guests_reason(room_type=room_type, parties=parties) or rates_reason(prices=prices, stay=stay)
    if reason is not None:
        raise StayNotSellable(reason)
    pricer = Pricer(house=house, room_type=room_type, plan=plan, parties=parties)
    rooms = range(1, len(parties) + 1)
    fixed = {
        (night, room): [pricer.line_set(night, agreed[night], room)]
        for night in stay.dates()
        if night in agreed
        for room in rooms
    }
    return quote_build(
        house=house, room_type=room_type, plan=plan, prices=prices, stay=stay, party=party, sold=fixed
    )
