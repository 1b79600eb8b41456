"""Pension Linden, Vienna."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import CancellationBlueprint, PropertyBlueprint
from inventory.demo.terms import FIRST_NIGHT, FULL, NEVER_FREE, added, included, plans, room
from inventory.demo.types import DemoHouse, DemoRestriction, DemoSeason, DemoSpecialDay, weekdays

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.7"), min_stay=2)

ADVENT = DemoSeason(name="Advent", first=(11, 25), last=(12, 23), percent=130)

SUMMER = DemoSeason(name="Summer", first=(6, 15), last=(9, 15), percent=115)

UNTIL_NOON_THE_DAY_BEFORE = CancellationBlueprint(
    name="Free until noon the day before", tiers=((27, "percent", Decimal(0)), (0, "percent", Decimal(80)))
)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="pension-linden-vienna",
        name="Pension Linden",
        description=(
            "Eighteen rooms on the third floor of a Viennese house in the Josefstadt, with creaking parquet and "
            "double doors. The lift is from 1911 and takes three slender people.\n\n"
            "Breakfast has four kinds of jam, all from the same grandmother."
        ),
        stars=3,
        address="Lange Gasse 44",
        postal_code="1080",
        city="Vienna",
        country="AT",
        latitude=Decimal("48.21110"),
        longitude=Decimal("16.35070"),
        time_zone="Europe/Vienna",
        currency="EUR",
        email="servus@pensionlinden.example",
        amenities=("wifi", "coffee", "lift", "smoke-free"),
        room_types=(
            room(
                "E",
                "Single to the yard",
                4,
                "1 single bed",
                13,
                "A chestnut tree outside the window.",
                adults=1,
                children=0,
            ),
            room(
                "D",
                "Double with stucco",
                10,
                "1 double bed",
                24,
                "High ceilings, two windows, one chandelier.",
                single=-25,
                child=20,
            ),
            room(
                "J",
                "Corner room",
                4,
                "1 double bed, 1 sofa bed",
                34,
                "Light from two sides and a writing desk.",
                adults=3,
                children=2,
                amenities=("wifi", "tv", "desk"),
                third=30,
                child=20,
            ),
        ),
        deposits=(FIRST_NIGHT, FULL),
        cancellations=(UNTIL_NOON_THE_DAY_BEFORE, NEVER_FREE),
        rate_plans=plans(board="BB", flexible=UNTIL_NOON_THE_DAY_BEFORE, deposit=FIRST_NIGHT),
        taxes=(included("VAT", "10"), added("Local tax", "5")),
    ),
    base_plan="FLEX",
    prices={"E": Decimal(74), "D": Decimal(124), "J": Decimal(158)},
    scene="city",
    style="classic",
    beds={"E": "single", "D": "double", "J": "triple"},
    seasons=(SUMMER, ADVENT, DemoSeason(name="Ball season", first=(1, 10), last=(2, 20), percent=115)),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Opera ball", first=(2, 12), value=Decimal("1.4"), min_stay=2),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
        DemoRestriction(
            note="No arrivals on that Sunday",
            first_in=9,
            last_in=24,
            weekdays=weekdays("Sun"),
            closed_to_arrival=True,
        ),
    ),
)
