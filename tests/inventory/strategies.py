"""Houses, stays and parties as hypothesis draws them, without a database."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from core.dates import StayDates
from inventory.pricing.data import (
    House,
    OccupancyDifference,
    PlanTerms,
    PropertyTerms,
    RestrictionTerms,
    RoomTypeTerms,
    SpecialDayTerms,
    TaxTerms,
    TierTerms,
)
from inventory.types import Party

FIRST = date(2027, 3, 1)
DAYS = 12

prices = st.decimals(0, 2_000, places=3)
percents = st.decimals(0, 100, places=2)
days = st.integers(0, DAYS).map(lambda offset: FIRST + timedelta(days=offset))
adjustments = st.one_of(
    st.tuples(st.just("percent"), st.decimals(-100, 100, places=2)),
    st.tuples(st.just("amount"), st.decimals(-300, 300, places=3)),
)


@st.composite
def stays(draw: st.DrawFn) -> StayDates:
    """A stay within twelve days."""
    arrival = draw(st.integers(0, DAYS - 1))
    nights = draw(st.integers(1, DAYS - arrival))
    return StayDates(FIRST + timedelta(days=arrival), FIRST + timedelta(days=arrival + nights))


@st.composite
def party_strategy(draw: st.DrawFn, max_rooms: int = 4) -> Party:
    """A party with an adult for each room."""
    rooms = draw(st.integers(1, max_rooms))
    return Party(
        adults=draw(st.integers(rooms, rooms * 4)),
        children_ages=tuple(draw(st.lists(st.integers(0, 17), max_size=6))),
        rooms=rooms,
    )


@st.composite
def restrictions(draw: st.DrawFn) -> RestrictionTerms:
    """A restriction of room type 1 or 2, plan 1 (parent of 2), or anything."""
    first = draw(days)
    return RestrictionTerms(
        room_type_id=draw(st.sampled_from([None, 1, 2])),
        rate_plan_id=draw(st.sampled_from([None, 1, 2])),
        first_date=first,
        last_date=first + timedelta(days=draw(st.integers(0, DAYS))),
        weekdays=draw(st.integers(1, 127)),
        min_stay=draw(st.none() | st.integers(1, 5)),
        max_stay=draw(st.none() | st.integers(5, 8)),
        closed_to_arrival=draw(st.booleans()),
        closed_to_departure=draw(st.booleans()),
        closed=draw(st.integers(0, 5)) == 0,
    )


special_day_maps = st.lists(
    st.builds(
        SpecialDayTerms,
        date=days,
        name=st.just("Fair"),
        kind=st.sampled_from(["multiplier", "surcharge"]),
        value=st.decimals(0, 3, places=3),
        min_stay=st.none() | st.integers(1, 4),
    ),
    max_size=4,
).map(lambda found: {day.date: day for day in found})


@st.composite
def taxes(draw: st.DrawFn) -> TaxTerms:
    """A tax of any kind."""
    kind = draw(st.sampled_from(["percent", "person_night", "room_night"]))
    first = draw(st.none() | days)
    return TaxTerms(
        id=draw(st.integers(1, 99)),
        name="Tax",
        kind=kind,
        value=draw(percents),
        is_included=draw(st.booleans()),
        max_nights=None if kind == "percent" else draw(st.none() | st.integers(1, 5)),
        min_age=None if kind == "percent" else draw(st.none() | st.integers(0, 18)),
        valid_from=first,
        valid_until=None if first is None else first + timedelta(days=draw(st.integers(0, 5))),
    )


@st.composite
def plans(draw: st.DrawFn, plan_id: int = 1) -> PlanTerms:
    """A plan, derived from plan 1 if it is plan 2."""
    derived = draw(adjustments) if plan_id == 2 else ("", Decimal(0))
    deposit = draw(st.sampled_from(["none", "percent", "first_night", "amount", "full"]))
    return PlanTerms(
        id=plan_id,
        name="Plan",
        board="RO",
        derived_from_id=1 if plan_id == 2 else None,
        derived_kind=derived[0],
        derived_value=derived[1],
        member_discount=draw(st.booleans()),
        deposit_kind=deposit,
        deposit_value=draw(percents),
        cancellation_name="Policy",
        no_show_percent=Decimal(100),
        tiers=tuple(
            TierTerms(hours, "percent", draw(percents))
            for hours in sorted(draw(st.sets(st.integers(0, 200), max_size=3)), reverse=True)
        ),
    )


@st.composite
def houses(draw: st.DrawFn) -> House:
    """A house with two room types, a plan and one derived from it."""
    occupancy = tuple(
        OccupancyDifference(guests, count, *draw(adjustments))
        for guests, count in draw(
            st.sets(st.tuples(st.sampled_from(["adults", "children"]), st.integers(1, 5)), max_size=5)
        )
    )
    return House(
        property=PropertyTerms(
            id=1,
            name="House",
            time_zone="Europe/Berlin",
            currency=draw(st.sampled_from(["EUR", "JPY", "KWD"])),
            child_max_age=draw(st.integers(0, 17)),
            arrival_from=time(15),
            is_published=True,
        ),
        room_types={key: RoomTypeTerms(key, f"Type {key}", 2, 9, 9, 9, occupancy) for key in (1, 2)},
        plans={1: draw(plans(1)), 2: draw(plans(2))},
        special_days=draw(special_day_maps),
        restrictions=tuple(draw(st.lists(restrictions(), max_size=4))),
        taxes=tuple(draw(st.lists(taxes(), max_size=4))),
    )
