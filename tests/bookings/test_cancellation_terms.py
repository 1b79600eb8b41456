"""What cancelling costs, for any terms."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.cancellation import Sold, cancellation_fee, cancellation_steps, free_until, no_show_fee
from core.money import currency_minor_unit, round_money

# The first look at a currency reads a file, and a busy machine is slow: neither says anything about the code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ARRIVAL_AT = datetime(2026, 12, 1, 14, tzinfo=UTC)
FIRST_NIGHT = date(2026, 12, 1)


def sold(
    *tiers, total="300.00", currency="EUR", rooms=1, nights=("100.00", "100.00", "100.00"), **terms
) -> Sold:
    return Sold(
        total=Decimal(total),
        currency=currency,
        rooms=rooms,
        night_prices={FIRST_NIGHT + timedelta(days=day): Decimal(price) for day, price in enumerate(nights)},
        terms={
            "arrival_at": ARRIVAL_AT.isoformat(),
            "no_show_percent": "100.00",
            "tiers": [
                {"hours_before": hours, "penalty_kind": kind, "penalty_value": str(value)}
                for hours, kind, value in tiers
            ],
        }
        | terms,
    )


def before_arrival(**ago) -> datetime:
    return ARRIVAL_AT - timedelta(**ago)


@pytest.mark.parametrize(
    ("ago", "fee"),
    [
        (timedelta(days=30), "0.00"),
        (timedelta(hours=72), "0.00"),
        (timedelta(hours=72) - timedelta(seconds=1), "100.00"),
        (timedelta(hours=24), "100.00"),
        (timedelta(hours=24) - timedelta(seconds=1), "150.00"),
        (timedelta(hours=6), "150.00"),
        (timedelta(hours=5), "300.00"),
        (timedelta(0), "300.00"),
        (timedelta(hours=-30), "300.00"),
    ],
)
def test_each_tier_lasts_to_its_second(ago, fee):
    stay = sold((72, "percent", 0), (24, "nights", 1), (6, "percent", 50))

    assert cancellation_fee(stay, at=ARRIVAL_AT - ago) == Decimal(fee)


@pytest.mark.parametrize(
    ("tier", "rooms", "total", "fee"),
    [
        ((0, "percent", "33.335"), 1, "300.00", "100.01"),
        ((0, "nights", 2), 1, "300.00", "200.00"),
        ((0, "nights", 9), 1, "300.00", "300.00"),
        ((0, "nights", 3), 1, "250.00", "250.00"),
        ((0, "amount", "40"), 2, "300.00", "80.00"),
        ((0, "amount", "400"), 1, "300.00", "300.00"),
    ],
)
def test_penalties_are_rounded_once_and_capped(tier, rooms, total, fee):
    stay = sold(tier, rooms=rooms, total=total)

    assert cancellation_fee(stay, at=before_arrival(hours=1)) == Decimal(fee)


def test_without_tiers_the_total_is_kept():
    stay = sold()

    assert cancellation_fee(stay, at=before_arrival(days=300)) == Decimal(300)
    assert [(step.until, step.fee) for step in cancellation_steps(stay, at=before_arrival(days=300))] == [
        (None, Decimal(300))
    ]
    assert free_until(cancellation_steps(stay, at=before_arrival(days=300))) is None


def test_without_known_terms_the_total_is_kept():
    stay = Sold(total=Decimal(90), currency="EUR", rooms=1, night_prices={}, terms={})

    assert cancellation_fee(stay, at=ARRIVAL_AT) == no_show_fee(stay) == Decimal(90)


def test_steps_say_what_it_costs_from_now_on():
    stay = sold((72, "percent", 0), (48, "amount", 0), (24, "nights", 1), (6, "percent", 50))

    steps = cancellation_steps(stay, at=before_arrival(hours=60))

    assert [(step.until, step.fee) for step in steps] == [
        (before_arrival(hours=48), Decimal(0)),
        (before_arrival(hours=24), Decimal(100)),
        (before_arrival(hours=6), Decimal(150)),
        (None, Decimal(300)),
    ]
    assert free_until(steps) == before_arrival(hours=48)


def test_neighbours_of_the_same_fee_are_one_step():
    stay = sold((72, "percent", 0), (48, "amount", 0), (24, "percent", 100))

    steps = cancellation_steps(stay, at=before_arrival(hours=200))

    assert [(step.until, step.fee) for step in steps] == [
        (before_arrival(hours=48), Decimal(0)),
        (None, Decimal(300)),
    ]


def test_no_show_is_a_percentage_of_the_total():
    assert no_show_fee(sold(no_show_percent="80.00")) == Decimal("240.00")


amounts = st.decimals(min_value=0, max_value=100_000, places=2)
penalties = st.one_of(
    st.tuples(st.just("percent"), st.decimals(min_value=0, max_value=100, places=3)),
    st.tuples(st.just("nights"), st.integers(min_value=0, max_value=9)),
    st.tuples(st.just("amount"), amounts),
)
hours = st.integers(min_value=0, max_value=2000)


@st.composite
def stays(draw, tier_kinds=penalties):
    tiers = draw(st.dictionaries(hours, tier_kinds, max_size=5))
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    nights = [round_money(price, currency) for price in draw(st.lists(amounts, min_size=1, max_size=7))]
    tax = round_money(draw(amounts), currency)
    return sold(
        *((hour, kind, value) for hour, (kind, value) in tiers.items()),
        total=str(sum(nights) + tax),
        currency=currency,
        rooms=draw(st.integers(min_value=1, max_value=4)),
        nights=[str(price) for price in nights],
    )


instants = st.integers(min_value=-100 * 3600, max_value=2100 * 3600).map(
    lambda seconds: before_arrival(seconds=seconds)
)


@patient
@given(stays(), instants)
def test_a_fee_is_between_nothing_and_the_total_in_whole_minor_units(stay, at):
    fee = cancellation_fee(stay, at=at)

    assert 0 <= fee <= stay.total
    assert fee % currency_minor_unit(stay.currency) == 0


@patient
@given(stays(), instants)
def test_the_first_step_is_the_fee_of_now_and_steps_go_forward(stay, at):
    steps = cancellation_steps(stay, at=at)

    assert steps[0].fee == cancellation_fee(stay, at=at)
    ends = [step.until for step in steps[:-1]]
    assert ends == sorted(ends)
    assert steps[-1].until is None
    assert all(end >= at for end in ends)
    for step in steps[:-1]:
        assert cancellation_fee(stay, at=step.until) == step.fee
    for before, after in pairwise(steps):
        assert before.fee != after.fee
        assert cancellation_fee(stay, at=before.until + timedelta(seconds=1)) == after.fee


@patient
@given(
    st.dictionaries(hours, st.decimals(min_value=0, max_value=100, places=2), max_size=6),
    st.lists(instants, max_size=8),
)
def test_fees_never_fall_when_the_tiers_never_do(tiers, moments):
    percents = sorted(tiers.values())
    rising = zip(sorted(tiers, reverse=True), percents, strict=True)
    stay = sold(*((hour, "percent", percent) for hour, percent in rising))

    fees = [cancellation_fee(stay, at=moment) for moment in sorted(moments)]

    assert fees == sorted(fees)
