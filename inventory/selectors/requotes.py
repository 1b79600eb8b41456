"""What a sold stay costs once it is another one. Reads the database, never a cache: this is what is sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from core.dates import StayDates
from core.exceptions import DomainError
from inventory.exceptions import SoldOut, StayNotSellable, UnknownRatePlan, UnknownRoomType
from inventory.pricing.changes import (
    SoldStay,
    change_dates_reason,
    change_free_reason,
    change_guests_reason,
    change_reason,
)
from inventory.pricing.quotes import Pricer, RoomOnNight, quote_build
from inventory.pricing.restrictions import rates_reason
from inventory.reasons import ReasonCode
from inventory.types import Party, Quote, QuoteLine, Reason, party_split

from .nights import stay_nights
from .terms import house_of_room_type


@dataclass(frozen=True, slots=True)
class RoomsAtHand:
    """What a stay may have of a room type besides what is on sale: ``rooms`` more on each night, and the price of a
    room that was ``agreed`` for nights.
    """

    rooms: Mapping[date, int] = field(default_factory=dict)
    agreed: Mapping[date, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requote:
    """What the stay would cost, and why it cannot be had. Without prices there is no quote.

    ``list_quote`` is the quote without the price that staff have set; the same object where they set none.
    """

    quote: Quote | None
    list_quote: Quote | None
    refusal: DomainError | None
    room_type_name: str = ""
    rate_plan_name: str = ""


def requote_get(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    sold: SoldStay,
    sold_lines: Mapping[RoomOnNight, Sequence[QuoteLine]],
    property_id: int,
    at: datetime,
    discount_percent: Decimal = Decimal(0),
    for_staff: bool = False,
    ignore_restrictions: bool = False,
    nightly: Decimal | None = None,
    at_hand: RoomsAtHand | None = None,
) -> Requote:
    """Return the quote of what ``sold`` is to become at ``at``, and the first reason against it. Two queries.

    ``sold_lines`` are the lines of nights that keep their price. ``nightly`` is the price of each night of each room
    that staff have set instead. ``ignore_restrictions`` sets rules and restrictions aside, but not the calendar, the
    size of rooms and the rooms that are free. ``at_hand`` is what the stay has besides these. The refusal is what
    `quote_get` would raise.
    """
    is_same = (room_type_id, rate_plan_id) == (sold.room_type_id, sold.rate_plan_id)
    house = house_of_room_type(
        room_type_id=room_type_id,
        first=stay.arrival,
        last=stay.departure,
        sold_plan_id=rate_plan_id if is_same else None,
    )
    room_type = house.room_types.get(room_type_id) if house else None
    if house is None or room_type is None or house.property.id != property_id:
        return Requote(None, None, UnknownRoomType())
    plan = house.plans.get(rate_plan_id)
    if plan is None or not (is_same or plan.sells(room_type_id)):
        return Requote(None, None, UnknownRatePlan())
    nights = stay_nights(room_type_id=room_type_id, rate_plan_id=plan.priced_by, stay=stay)
    at_hand = at_hand or RoomsAtHand()
    prices = {**nights.prices_of(room_type_id, plan.priced_by), **at_hand.agreed}
    of_rules = change_reason(
        house=house,
        room_type=room_type,
        plan=plan,
        stay=stay,
        party=party,
        sold=sold,
        at=at,
        for_staff=for_staff,
    )
    kept_nights = {night for night, _room_index in sold_lines}
    known = dict.fromkeys(kept_nights, Decimal(0)) | dict(prices)
    of_rates = rates_reason(prices=known, stay=stay)
    reason = (
        change_dates_reason(house=house, stay=stay, sold=sold, at=at)
        or change_guests_reason(house=house, room_type=room_type, party=party, sold=sold)
        or change_free_reason(
            free={
                night: free + at_hand.rooms.get(night, 0)
                for night, free in nights.free_of(room_type_id).items()
            },
            room_type_id=room_type_id,
            stay=stay,
            rooms=party.rooms,
            sold=sold,
        )
        or (None if ignore_restrictions else of_rules)
        or (of_rates if nightly is None else None)
    )
    if at_hand.agreed:
        parties = party_split(party, house.property.child_max_age)
        pricer = Pricer(house=house, room_type=room_type, plan=plan, parties=parties)
        agreed = {
            (night, room): [pricer.line_set(night, price, room)]
            for night, price in at_hand.agreed.items()
            for room in range(1, party.rooms + 1)
        }
        sold_lines = {**agreed, **sold_lines}
    listed = (
        None
        if of_rates
        else quote_build(
            house=house,
            room_type=room_type,
            plan=plan,
            prices=known,
            stay=stay,
            party=party,
            discount_percent=discount_percent,
            sold=sold_lines,
        )
    )
    quote = listed
    if nightly is not None:
        quote = quote_build(
            house=house,
            room_type=room_type,
            plan=plan,
            prices=known,
            stay=stay,
            party=party,
            nightly=nightly,
        )
    return Requote(quote, listed, _refusal(reason), room_type.name, plan.name)


def _refusal(reason: Reason | None) -> DomainError | None:
    if reason is None:
        return None
    if reason.code == ReasonCode.SOLD_OUT:
        return SoldOut(reason.message, data=dict(reason.data))
    return StayNotSellable(reason)
