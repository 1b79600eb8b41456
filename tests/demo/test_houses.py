"""The houses of the demo: sound by themselves, and sound in the database."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from core.money import CURRENCY_CODES
from inventory.blueprints.amenities import AMENITY_NAMES
from inventory.demo import load
from inventory.demo.houses import HOUSES
from inventory.demo.load import house_load
from inventory.demo.pictures import PROPERTY_KINDS, ROOM_BEDS, ROOM_STYLES
from inventory.demo.types import DemoHouse, DemoSpecialDay, price_seasons, special_nights
from inventory.models import Property, Rate, RoomInventory

EVERY_HOUSE = pytest.mark.parametrize("house", HOUSES, ids=[house.blueprint.slug for house in HOUSES])


@EVERY_HOUSE
def test_everything_that_is_named_exists(house: DemoHouse) -> None:
    blueprint = house.blueprint
    codes = {room_type.code for room_type in blueprint.room_types}
    amenities = {*blueprint.amenities, *(code for one in blueprint.room_types for code in one.amenities)}

    assert set(house.prices) == codes == set(house.beds)
    assert amenities <= AMENITY_NAMES.keys()
    assert house.scene in PROPERTY_KINDS
    assert house.style in ROOM_STYLES
    assert set(house.beds.values()) <= set(ROOM_BEDS)
    assert blueprint.currency in CURRENCY_CODES
    assert re.fullmatch(r"[a-z-]+", blueprint.slug)
    assert len(blueprint.description) > 100


def test_the_houses_differ_as_they_should() -> None:
    blueprints = [house.blueprint for house in HOUSES]
    deposits = {deposit.kind for blueprint in blueprints for deposit in blueprint.deposits}
    taxes = {(tax.kind, tax.is_included) for blueprint in blueprints for tax in blueprint.taxes}
    penalties = {
        kind
        for blueprint in blueprints
        for policy in blueprint.cancellations
        for _hours, kind, _value in policy.tiers
    }

    assert len(HOUSES) >= 12
    assert {"EUR", "JPY", "CHF", "TND"} <= {blueprint.currency for blueprint in blueprints}
    assert deposits == {"none", "percent", "first_night", "amount", "full"}
    assert penalties == {"percent", "nights", "amount"}
    assert taxes == {("percent", True), ("percent", False), ("person_night", False), ("room_night", False)}


@EVERY_HOUSE
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 20), date(2028, 2, 29)])
def test_every_night_of_two_years_has_one_season_of_each_priority(house: DemoHouse, today: date) -> None:
    seasons = list(price_seasons(house, first=today))

    for room_type in house.prices:
        named = sorted(
            (season for season in seasons if season.room_type == room_type and season.priority == 1),
            key=lambda season: season.first_night,
        )
        assert all(
            earlier.last_night and earlier.last_night < later.first_night
            for earlier, later in pairwise(named)
        )
        assert [season for season in seasons if season.room_type == room_type and season.priority == 0]


def test_special_nights_return_every_year() -> None:
    day = DemoSpecialDay(name="Turn of the year", first=(12, 30), nights=4)

    nights = list(special_nights(day, first=date(2027, 1, 1)))

    assert nights[:5] == [
        date(2027, 1, 1),
        date(2027, 1, 2),
        *(date(2027, 12, day) for day in (30, 31)),
        date(2028, 1, 1),
    ]


@pytest.mark.django_db
def test_all_houses_are_founded_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.INVENTORY_DAYS_AHEAD = 60
    monkeypatch.setattr(load, "pictures_draw", lambda **_house: None)

    houses = [house_load(house=house) for house in HOUSES]
    nights, rates = RoomInventory.objects.count(), Rate.objects.count()
    again = [house_load(house=house) for house in HOUSES]

    assert again == houses
    assert Property.objects.published().count() == len(HOUSES)
    assert (RoomInventory.objects.count(), Rate.objects.count()) == (nights, rates)
    for house in houses:
        assert house.rooms.exists()
        _clean(house)


def _clean(house: Property) -> None:
    """Everything of the house passes the validation of its forms."""
    rows = [
        house,
        *house.room_types.all(),
        *house.rate_plans.all(),
        *house.restrictions.all(),
        *house.taxes.all(),
    ]
    for row in (
        *rows,
        *house.special_days.all(),
        *house.booking_rules.all(),
        *house.cancellation_policies.all(),
    ):
        try:
            row.full_clean()
        except ValidationError as error:
            pytest.fail(f"{house} {row}: {error}")
