"""Which stays fit: against a slow and simple oracle that looks at everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.dates import StayDates, date_range
from inventory.pricing.data import House
from inventory.pricing.quotes import quote_build
from inventory.pricing.restrictions import guests_reason, stay_reason
from inventory.selectors.nights import StayNights
from inventory.types import party_split
from tests.inventory.strategies import DAYS, FIRST, houses, party_strategy, stays
from waitlist.matching import Market, fits
from waitlist.types import Wish

AT = datetime(2027, 2, 20, 12, tzinfo=UTC)
SPAN = list(date_range(FIRST - timedelta(days=8), FIRST + timedelta(days=DAYS + 8)))


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """A house with few free rooms, and rates that are missing here and there."""
    house: House = draw(houses())
    gaps = st.lists(st.sampled_from(SPAN), max_size=3)
    free = {
        room_type: {night: draw(st.sampled_from([3, 3, 3, 2, 1, 0])) for night in SPAN}
        for room_type in house.room_types
    }
    prices = {
        (room_type, 1): {night: Decimal(draw(st.integers(40, 200))) for night in SPAN}
        for room_type in house.room_types
    }
    for rates in prices.values():
        for night in draw(gaps):
            rates.pop(night, None)
    return Market(house, StayNights(free, prices))


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    return Wish(
        stay=draw(stays()),
        party=draw(party_strategy(max_rooms=3)),
        room_type_id=draw(st.sampled_from([None, 1, 2])),
        flexible_days=draw(st.integers(0, 7)),
        max_total=draw(st.none() | st.integers(100, 3000).map(Decimal)),
        currency="EUR",
        discount_percent=draw(st.sampled_from([Decimal(0), Decimal(10)])),
    )


def oracle(market: Market, wish: Wish) -> list[tuple[int, Decimal, int, int, Any]]:
    """Every stay that fits, by distance and price: each night, each guest, each rule looked at one by one."""
    found = []
    house = market.house
    parties = party_split(wish.party, house.property.child_max_age)
    for shift in range(-wish.flexible_days, wish.flexible_days + 1):
        days = timedelta(days=shift)
        stay = StayDates(wish.stay.arrival + days, wish.stay.departure + days)
        for room_type in house.room_types.values():
            if wish.room_type_id not in (None, room_type.id) or guests_reason(
                room_type=room_type, parties=parties
            ):
                continue
            if min(market.nights.free[room_type.id][night] for night in stay.dates()) < wish.party.rooms:
                continue
            for plan in house.plans_for(room_type.id):
                rates = market.nights.prices_of(room_type.id, plan.priced_by)
                if any(night not in rates for night in stay.dates()):
                    continue
                if stay_reason(
                    house=house, room_type=room_type, plan=plan, stay=stay, party=wish.party, at=AT
                ):
                    continue
                quote = quote_build(
                    house=house,
                    room_type=room_type,
                    plan=plan,
                    prices=rates,
                    stay=stay,
                    party=wish.party,
                    discount_percent=wish.discount_percent,
                )
                is_comparable = quote.currency == wish.currency
                if wish.max_total is None or (is_comparable and quote.total <= wish.max_total):
                    found.append((abs(shift), quote.total, room_type.id, plan.id, stay))
    return sorted(found)


@settings(max_examples=150, deadline=None)
@given(market=markets(), wish=wishes())
def test_exactly_what_fits_nearest_first_then_cheapest(market: Market, wish: Wish) -> None:
    offered = list(fits(market=market, wish=wish, at=AT))

    found = [
        (
            abs((fit.stay.arrival - wish.stay.arrival).days),
            fit.total,
            fit.room_type_id,
            fit.rate_plan_id,
            fit.stay,
        )
        for fit in offered
    ]
    assert sorted(found) == oracle(market, wish)
    ordered = [(distance, total) for distance, total, *_rest in found]
    assert ordered == sorted(ordered)


@settings(max_examples=50, deadline=None)
@given(market=markets(), wish=wishes())
def test_what_was_taken_or_refused_does_not_come_again(market: Market, wish: Wish) -> None:
    first = next(fits(market=market, wish=wish, at=AT), None)
    if first is None:
        return

    without = [fit.key for fit in fits(market=market, wish=wish, at=AT, without={first.key})]
    assert first.key not in without
    market.gone(first)
    assert first.key not in {fit.key for fit in fits(market=market, wish=wish, at=AT)}
