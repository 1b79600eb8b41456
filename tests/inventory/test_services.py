"""Extending the inventory, totals, blocks and prices by season and by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from core.dates import property_today
from core.exceptions import NotFound, ValidationFailed
from inventory.exceptions import InventoryBelowSold, NightsMissing, SoldOut, UnknownRoomType
from inventory.models import InventoryBlock, Rate, RatePattern, RoomInventory
from inventory.services import (
    block_create,
    block_delete,
    inventory_extend,
    inventory_total_set,
    pattern_delete,
    rate_reset,
    rate_set,
    rates_apply_pattern,
)
from inventory.services.rates import DerivedPlanHasNoRates, NoSeason
from inventory.signals import nights_freed
from inventory.tasks import inventory_extend as inventory_extend_task
from tests.clock import clock_at
from tests.factories.accounts import UserFactory
from tests.factories.inventory import (
    DerivedRatePlanFactory,
    Hotel,
    RatePatternFactory,
    RoomFactory,
    RoomTypeFactory,
    hotel,
)

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 1)  # a Monday
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
then = clock_at(AT)


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=10, rooms=3)


@pytest.fixture
def actor() -> User:
    return UserFactory.create()


@pytest.fixture
def freed() -> Any:
    announced: list[tuple[int, date, date, int]] = []

    def listen(*, room_type_id: int, arrival: date, departure: date, rooms: int, **_kwargs: Any) -> None:
        announced.append((room_type_id, arrival, departure, rooms))

    nights_freed.connect(listen)
    yield announced
    nights_freed.disconnect(listen)


# --- extending --------------------------------------------------------------------------------------------------


def test_missing_nights_and_rates_are_added_and_nothing_else_is_touched(house: Hotel) -> None:
    RoomInventory.objects.filter(date=FIRST).update(total=7, sold=4)
    RoomInventory.objects.filter(date=FIRST + timedelta(days=4)).delete()
    Rate.objects.filter(date=FIRST).update(price=55)
    RoomFactory.create(room_type=house.room_type, is_active=False)

    report = inventory_extend(property_id=house.property.pk, days_ahead=12, at=AT)

    assert (report.properties, report.nights, report.rates) == (1, 3, 2)
    nights = RoomInventory.objects.filter(room_type=house.room_type).order_by("date")
    assert [night.date for night in nights] == [FIRST + timedelta(days=offset) for offset in range(12)]
    assert [(night.total, night.sold) for night in nights][:5] == [(7, 4), (3, 0), (3, 0), (3, 0), (3, 0)]
    assert Rate.objects.get(date=FIRST).price == 55
    assert Rate.objects.get(date=FIRST + timedelta(days=11)).price == 100


def test_extending_again_adds_nothing(house: Hotel) -> None:
    inventory_extend(days_ahead=30, at=AT)

    report = inventory_extend(days_ahead=30, at=AT)

    assert (report.nights, report.rates) == (0, 0)


def test_new_nights_are_blocked_as_blocks_say(house: Hotel) -> None:
    block_create(
        room_type_id=house.room_type.pk,
        start=FIRST + timedelta(days=8),
        end=FIRST + timedelta(days=12),
        rooms=2,
        reason="Painting",
    )

    inventory_extend(days_ahead=14, at=AT)

    nights = RoomInventory.objects.filter(date__gte=FIRST + timedelta(days=7)).order_by("date")
    assert [(night.blocked, night.available) for night in nights] == [
        (0, 3),
        (2, 1),
        (2, 1),
        (2, 1),
        (2, 1),
        (0, 3),
        (0, 3),
    ]


def test_a_dry_run_adds_nothing(house: Hotel) -> None:
    report = inventory_extend(days_ahead=12, at=AT, dry_run=True)

    assert (report.nights, report.rates) == (2, 2)
    assert RoomInventory.objects.count() == 10


def test_seasons_overlap_by_priority_and_then_the_newer_counts(house: Hotel) -> None:
    plan, room_type = house.plan, house.room_type
    RatePattern.objects.all().delete()
    base = {"rate_plan": plan, "room_type": room_type}
    RatePatternFactory.create(**base, first_night=FIRST, friday=120, saturday=150)
    RatePatternFactory.create(
        **base,
        first_night=FIRST + timedelta(days=12),
        last_night=FIRST + timedelta(days=13),
        priority=2,
        saturday=300,
        sunday=310,
    )
    RatePatternFactory.create(
        **base, first_night=FIRST + timedelta(days=13), priority=1, sunday=999, monday=40
    )
    RatePatternFactory.create(**base, first_night=FIRST + timedelta(days=14), priority=1, monday=50)

    inventory_extend(days_ahead=15, at=AT)

    prices = dict(Rate.objects.filter(date__gte=FIRST + timedelta(days=10)).values_list("date__day", "price"))
    assert prices == {
        11: Decimal(100),
        12: Decimal(120),
        13: Decimal(300),
        14: Decimal(310),
        15: Decimal(50),
    }


def test_the_day_begins_by_the_clock_of_the_property() -> None:
    house = hotel(first=date(2027, 3, 2), nights=1, time_zone="Pacific/Auckland")

    inventory_extend(days_ahead=1, at=AT)  # 1 March noon UTC is 2 March in Auckland

    assert list(RoomInventory.objects.filter(room_type=house.room_type).values_list("date", flat=True)) == [
        date(2027, 3, 2)
    ]


@pytest.mark.parametrize("count", [1, 20])
def test_extending_a_house_is_a_handful_of_queries(
    house: Hotel, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        hotel(first=FIRST, nights=1, rooms=1, in_property=house.property)

    # look-up, houses, savepoint twice, lock limit, lock, nights, rates, what changed, two events, the look at alerts
    with django_assert_num_queries(12):
        inventory_extend(property_id=house.property.pk, days_ahead=20, at=AT)


def test_extending_refuses_nonsense(house: Hotel) -> None:
    with pytest.raises(NotFound):
        inventory_extend(property_id=2**62)
    for days in (0, 100_000):
        with pytest.raises(ValidationFailed):
            inventory_extend(days_ahead=days)


def test_the_task_extends_as_far_as_the_settings_say(house: Hotel, settings: Any) -> None:
    settings.INVENTORY_DAYS_AHEAD = 13

    assert inventory_extend_task() == {"properties": 1, "nights": 3, "rates": 3}


def test_the_command(house: Hotel) -> None:
    out = StringIO()
    call_command(
        "inventory_extend",
        "--days",
        "12",
        "--property",
        house.property.slug,
        "--json",
        "--dry-run",
        stdout=out,
    )

    assert json.loads(out.getvalue()) == {"properties": 1, "nights": 2, "rates": 2, "dry_run": True}
    assert RoomInventory.objects.count() == 10

    out = StringIO()
    call_command("inventory_extend", "--days", "12", stdout=out, stderr=StringIO())
    assert out.getvalue() == "2 nights and 2 rates added at 1 properties.\n"

    with pytest.raises(CommandError, match="no-such"):
        call_command("inventory_extend", "--property", "no-such")


# --- totals -----------------------------------------------------------------------------------------------------


def test_more_rooms_from_a_date_on_are_announced(
    house: Hotel, freed: list[Any], actor: User, django_capture_on_commit_callbacks: Any
) -> None:
    second, end = FIRST + timedelta(days=1), FIRST + timedelta(days=30)
    with django_capture_on_commit_callbacks(execute=True):
        changed = inventory_total_set(
            room_type_id=house.room_type.pk, first=second, end=end, total=5, actor=actor
        )

    assert changed == 9
    assert [house.inventory(offset).total for offset in (0, 1, 9)] == [3, 5, 5]
    assert freed == [(house.room_type.pk, second, end, 2)]


def test_not_below_what_is_sold_held_and_blocked(house: Hotel) -> None:
    RoomInventory.objects.filter(date=FIRST).update(sold=1, held=1, blocked=1)
    RoomInventory.objects.filter(date=FIRST + timedelta(days=2)).update(sold=3)

    with pytest.raises(InventoryBelowSold) as error:
        inventory_total_set(
            room_type_id=house.room_type.pk, first=FIRST, end=FIRST + timedelta(days=5), total=2
        )

    assert error.value.data == {"nights": ["2027-03-01", "2027-03-03"]}
    assert house.inventory(1).total == 3


def test_totals_of_nothing(house: Hotel) -> None:
    end = FIRST + timedelta(days=40)
    with pytest.raises(NightsMissing):
        inventory_total_set(
            room_type_id=house.room_type.pk, first=FIRST + timedelta(days=20), end=end, total=1
        )
    with pytest.raises(UnknownRoomType):
        inventory_total_set(room_type_id=2**62, first=FIRST, end=end, total=1)
    with pytest.raises(ValidationFailed):
        inventory_total_set(room_type_id=house.room_type.pk, first=FIRST, end=end, total=-1)


# --- blocks -----------------------------------------------------------------------------------------------------


def test_a_block_takes_rooms_out_of_sale_and_gives_them_back(
    house: Hotel, freed: list[Any], actor: User, django_capture_on_commit_callbacks: Any
) -> None:
    end = FIRST + timedelta(days=2)
    block = block_create(
        room_type_id=house.room_type.pk, start=FIRST, end=end, rooms=2, reason="Painting", actor=actor
    )

    assert [house.inventory(offset).available for offset in range(3)] == [1, 1, 3]
    assert (block.created_by, block.reason) == (actor, "Painting")

    with django_capture_on_commit_callbacks(execute=True):
        block_delete(block_id=block.pk, actor=actor)

    assert [house.inventory(offset).available for offset in range(3)] == [3, 3, 3]
    assert freed == [(house.room_type.pk, FIRST, end, 2)]
    with pytest.raises(NotFound):
        block_delete(block_id=block.pk)


def test_sold_rooms_cannot_be_blocked(house: Hotel) -> None:
    RoomInventory.objects.filter(date=FIRST + timedelta(days=1)).update(sold=2)

    with pytest.raises(SoldOut) as error:
        block_create(
            room_type_id=house.room_type.pk,
            start=FIRST,
            end=FIRST + timedelta(days=3),
            rooms=2,
            reason="Painting",
        )

    assert error.value.data["nights"] == ["2027-03-02"]
    assert InventoryBlock.objects.count() == 0
    assert house.inventory(0).blocked == 0
    with pytest.raises(ValidationFailed):
        block_create(
            room_type_id=house.room_type.pk, start=FIRST, end=FIRST + timedelta(days=1), rooms=0, reason="x"
        )


# --- prices -----------------------------------------------------------------------------------------------------


@pytest.fixture
def season() -> RatePattern:
    """A season of a house whose nights begin today: prices of nights that are over are left alone."""
    house = hotel(first=property_today("Europe/Berlin"), nights=14, rooms=1)
    return RatePattern.objects.get(rate_plan=house.plan)


def prices(season: RatePattern) -> list[Decimal]:
    rates = Rate.objects.filter(rate_plan=season.rate_plan, room_type=season.room_type).order_by("date")
    return [rate.price for rate in rates]


def test_a_season_prices_its_nights_but_not_those_set_by_hand(season: RatePattern) -> None:
    by_hand = season.first_night + timedelta(days=3)
    rate_set(
        rate_plan_id=season.rate_plan_id, room_type_id=season.room_type_id, date=by_hand, price=Decimal(77)
    )
    short = RatePatternFactory.create(
        rate_plan=season.rate_plan,
        room_type=season.room_type,
        first_night=season.first_night + timedelta(days=2),
        last_night=season.first_night + timedelta(days=4),
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 200),
    )

    assert rates_apply_pattern(pattern=short) == 2
    assert prices(season) == [100, 100, 200, 77, 200, *[100] * 9]

    short.last_night = season.first_night + timedelta(days=2)
    short.save()
    assert rates_apply_pattern(pattern=short) == 1
    assert prices(season) == [100, 100, 200, 77, *[100] * 10]

    assert pattern_delete(pattern_id=short.pk) == 1
    assert prices(season) == [100, 100, 100, 77, *[100] * 10]


def test_nights_without_a_season_have_no_price(season: RatePattern) -> None:
    day = season.first_night
    rate = rate_set(
        rate_plan_id=season.rate_plan_id, room_type_id=season.room_type_id, date=day, price=Decimal(77)
    )

    assert pattern_delete(pattern_id=season.pk) == 13
    assert prices(season) == [77]
    with pytest.raises(NoSeason):
        rate_reset(rate_id=rate.pk)
    with pytest.raises(NotFound):
        pattern_delete(pattern_id=season.pk)


def test_a_price_set_by_hand_goes_back_to_its_season(season: RatePattern) -> None:
    day = season.first_night
    rate = rate_set(
        rate_plan_id=season.rate_plan_id, room_type_id=season.room_type_id, date=day, price=Decimal("88.50")
    )
    rate.refresh_from_db()
    assert (rate.price, rate.is_override) == (Decimal("88.50"), True)
    assert Rate.objects.count() == 14

    rate = rate_reset(rate_id=rate.pk)
    assert (rate.price, rate.is_override) == (Decimal(100), False)
    with pytest.raises(NotFound):
        rate_reset(rate_id=2**62)


def test_prices_that_cannot_be(season: RatePattern) -> None:
    derived = DerivedRatePlanFactory.create(property=season.rate_plan.property, derived_from=season.rate_plan)
    foreign = RoomTypeFactory.create()
    day = season.first_night

    with pytest.raises(DerivedPlanHasNoRates):
        rate_set(rate_plan_id=derived.pk, room_type_id=season.room_type_id, date=day, price=Decimal(1))
    with pytest.raises(ValidationFailed):
        rate_set(rate_plan_id=season.rate_plan_id, room_type_id=foreign.pk, date=day, price=Decimal(1))
    with pytest.raises(ValidationFailed):
        rate_set(
            rate_plan_id=season.rate_plan_id, room_type_id=season.room_type_id, date=day, price=Decimal(-1)
        )
    with pytest.raises(DerivedPlanHasNoRates):
        rates_apply_pattern(pattern=RatePatternFactory.create(rate_plan=derived, room_type=season.room_type))
    with pytest.raises(NotFound):
        rate_set(rate_plan_id=2**62, room_type_id=foreign.pk, date=day, price=Decimal(1))
    assert prices(season) == [Decimal(100)] * 14
