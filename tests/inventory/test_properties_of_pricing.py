"""What holds of every quote, every restriction and every party, whatever hypothesis draws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.dates import StayDates
from core.money import round_money
from inventory.pricing.data import House, PlanTerms
from inventory.pricing.policies import cancellation_free_until, cancellation_penalty, plan_free_until
from inventory.pricing.quotes import Pricer, quote_build, stay_total
from inventory.pricing.restrictions import restrictions_reason
from inventory.selectors.candidates import Ask, Candidate
from inventory.types import Party, party_split

from .strategies import DAYS, FIRST, houses, party_strategy, percents, prices, stays

AT = datetime(2027, 2, 1, tzinfo=UTC)
plan_ids = st.sampled_from([1, 2])
ALL_NIGHTS = StayDates(FIRST, FIRST + timedelta(days=DAYS)).dates()
rates = st.lists(prices, min_size=DAYS, max_size=DAYS).map(
    lambda found: dict(zip(ALL_NIGHTS, found, strict=True))
)


@given(
    house=houses(),
    stay=stays(),
    party=party_strategy(),
    nightly=rates,
    plan_id=plan_ids,
    percent=percents,
)
@settings(max_examples=60, deadline=None)
def test_a_quote_adds_up_to_the_cent_and_every_line_is_rounded_once(
    house: House, stay: StayDates, party: Party, nightly: dict[date, Decimal], plan_id: int, percent: Decimal
) -> None:
    currency = house.property.currency
    quote = quote_build(
        house=house,
        room_type=house.room_types[1],
        plan=house.plans[plan_id],
        prices=nightly,
        stay=stay,
        party=party,
        discount_percent=percent,
    )

    assert all(line.amount == round_money(line.amount, currency) for line in quote.lines)
    assert quote.total == sum(line.amount for line in quote.lines if not line.is_included)
    assert quote.room_total == sum(night.price for night in quote.nights)
    assert quote.total == quote.room_total + quote.tax_added
    assert quote.tax_included == sum(line.amount for line in quote.lines if line.is_included)
    assert len(quote.nights) == stay.nights * party.rooms
    for night in quote.nights:
        of_night = [
            line for line in quote.lines if (line.date, line.room_index) == (night.date, night.room_index)
        ]
        assert night.price == sum(line.amount for line in of_night) >= 0
        assert of_night[0].kind == "room"
    assert 0 <= quote.deposit_due <= quote.total
    assert all(
        str(amount) == str(round_money(amount, currency)) for amount in (quote.total, quote.deposit_due)
    )


@given(house=houses(), stay=stays(), party=party_strategy(), nightly=rates, percent=percents)
@settings(max_examples=50, deadline=None)
def test_lists_show_the_total_that_the_quote_has(
    house: House, stay: StayDates, party: Party, nightly: dict[date, Decimal], percent: Decimal
) -> None:
    plan, room_type = house.plans[2], house.room_types[1]
    parties = party_split(party, house.property.child_max_age)
    pricer = Pricer(house=house, room_type=room_type, plan=plan, parties=parties, discount_percent=percent)
    of_stay = {night: nightly[night] for night in stay.dates()}

    total = stay_total(house=house, night_prices=pricer.night_totals(of_stay), parties=parties)

    quote = quote_build(
        house=house,
        room_type=room_type,
        plan=plan,
        prices=of_stay,
        stay=stay,
        party=party,
        discount_percent=percent,
    )
    assert total == quote.total


@given(house=houses(), stay=stays(), party=party_strategy(2), dear=rates, cheap=rates, percent=percents)
@settings(max_examples=50, deadline=None)
def test_the_cheapest_is_what_looking_at_every_room_and_plan_finds(
    house: House,
    stay: StayDates,
    party: Party,
    dear: dict[date, Decimal],
    cheap: dict[date, Decimal],
    percent: Decimal,
) -> None:
    ask = Ask.at_house(house=house, stay=stay, party=party, discount_percent=percent, at=AT)
    by_type = {1: dear, 2: cheap}

    def rates_of(room_type_id: int, _plan_id: int) -> dict[date, Decimal]:
        return {night: by_type[room_type_id][night] for night in stay.dates()}

    room_types = list(house.room_types.values())
    every = [candidate for room_type in room_types for candidate in ask.candidates(room_type, rates_of)]
    sellable = [candidate.quote.total for candidate in every if candidate.reason is None]

    found = ask.cheapest(room_types=room_types, plans=house.plans.values(), rates=rates_of)

    if sellable:
        assert isinstance(found, Candidate)
        assert found.total == found.quote.total == min(sellable)
    else:
        assert found in [candidate.reason for candidate in every]


def restrictions_oracle(house: House, room_type_id: int, plan: PlanTerms, stay: StayDates) -> set[str]:
    """Why the stay is forbidden, date by date and restriction by restriction, by brute force."""
    nights, found = stay.dates(), set()
    for restriction in house.restrictions:
        in_scope = restriction.room_type_id in (None, room_type_id) and (
            restriction.rate_plan_id is None or restriction.rate_plan_id in (plan.id, plan.derived_from_id)
        )
        mask = f"{restriction.weekdays:07b}"[::-1]
        days = [
            day
            for day in (*nights, stay.departure)
            if in_scope
            and restriction.first_date <= day <= restriction.last_date
            and mask[day.weekday()] == "1"
        ]
        arrives, departs = stay.arrival in days, stay.departure in days
        minimum, maximum = restriction.min_stay or 0, restriction.max_stay or 999
        found |= {
            code
            for code, forbids in (
                ("closed", restriction.closed and set(days) & set(nights)),
                ("closed_to_arrival", restriction.closed_to_arrival and arrives),
                ("closed_to_departure", restriction.closed_to_departure and departs),
                ("min_stay", arrives and len(nights) < minimum),
                ("max_stay", arrives and len(nights) > maximum),
            )
            if forbids
        }
    special = [house.special_days[night] for night in nights if night in house.special_days]
    if any(len(nights) < (day.min_stay or 0) for day in special):
        found.add("min_stay")
    return found


@given(house=houses(), stay=stays(), room_type_id=st.sampled_from([1, 2]), plan_id=plan_ids)
@settings(max_examples=150, deadline=None)
def test_restrictions_forbid_what_brute_force_forbids(
    house: House, stay: StayDates, room_type_id: int, plan_id: int
) -> None:
    plan = house.plans[plan_id]
    expected = restrictions_oracle(house, room_type_id, plan, stay)

    reason = restrictions_reason(house=house, room_type_id=room_type_id, plan=plan, stay=stay)

    assert (reason is None) == (not expected)
    if reason is not None:
        assert reason.code in expected
        assert reason.message


@given(party=party_strategy(20), child_max_age=st.integers(0, 17))
@settings(max_examples=150, deadline=None)
def test_a_party_is_split_without_losing_anybody(party: Party, child_max_age: int) -> None:
    rooms = party_split(party, child_max_age)

    assert len(rooms) == party.rooms
    assert sum(room.guests for room in rooms) == party.guests
    assert sorted(age for room in rooms for age in (*room.children_ages, *room.older_ages)) == sorted(
        party.children_ages
    )
    assert all(age <= child_max_age for room in rooms for age in room.children_ages)
    assert all(age > child_max_age for room in rooms for age in room.older_ages)
    assert all(room.adults - len(room.older_ages) >= 1 for room in rooms)
    assert max(room.guests for room in rooms) - min(room.guests for room in rooms) <= 1
    assert party_split(party, child_max_age) == rooms


@given(house=houses(), stay=stays(), total=prices, hours=st.integers(-48, 300))
@settings(max_examples=60, deadline=None)
def test_cancelling_never_costs_more_than_the_total(
    house: House, stay: StayDates, total: Decimal, hours: int
) -> None:
    plan, currency = house.plans[1], house.property.currency
    total = round_money(total, currency)
    quote = quote_build(
        house=house,
        room_type=house.room_types[1],
        plan=plan,
        prices=dict.fromkeys(stay.dates(), total),
        stay=stay,
        party=Party(2),
    )
    terms = quote.cancellation_terms
    at = datetime.fromisoformat(terms["arrival_at"]) - timedelta(hours=hours)

    penalty = cancellation_penalty(
        terms=terms, total=quote.total, prices={}, rooms=1, currency=currency, at=at
    )

    fitting = [tier for tier in plan.tiers if hours >= tier.hours_before]
    expected = quote.total * fitting[0].penalty_value / 100 if fitting else quote.total
    assert penalty == round_money(expected, currency) <= quote.total
    assert cancellation_free_until(terms) == plan_free_until(house=house.property, plan=plan, stay=stay)
