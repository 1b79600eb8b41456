"""Casa da Ribeira, Porto."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import (
    FULL,
    NEVER_FREE,
    UNTIL_A_WEEK_BEFORE,
    included,
    per_person,
    percent_deposit,
    plans,
    room,
)
from inventory.demo.types import DemoBlock, DemoHouse, DemoRestriction, DemoSeason, DemoSpecialDay, weekdays

SUMMER_IN_TOWN = DemoSeason(name="Summer", first=(6, 1), last=(9, 30), percent=125)

WINTER_IN_TOWN = DemoSeason(name="Winter", first=(11, 5), last=(12, 20), percent=85)

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.6"), min_stay=2)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="casa-da-ribeira-porto",
        name="Casa da Ribeira",
        description=(
            "A merchant's house on the quay of Porto, put in order room by room by the family that still lives on the "
            "ground floor. Granite walls a metre thick keep August outside.\n\n"
            "The terrace looks at the bridge and at the port lodges on the other bank. Rooms to the river hear the "
            "river's evenings; rooms to the lane sleep."
        ),
        stars=4,
        address="Cais da Ribeira 21",
        postal_code="4050-509",
        city="Porto",
        country="PT",
        latitude=Decimal("41.14060"),
        longitude=Decimal("-8.61320"),
        time_zone="Europe/Lisbon",
        currency="EUR",
        email="ola@casadaribeira.example",
        amenities=("wifi", "coffee", "bar", "lift", "snow", "smoke-free"),
        room_types=(
            room(
                "L",
                "Lane double",
                9,
                "1 double bed",
                19,
                "Quiet, cool, with a granite window seat.",
                amenities=("wifi", "tv", "snow"),
                single=-20,
                child=20,
            ),
            room(
                "R",
                "River double",
                10,
                "1 king-size bed",
                22,
                "The bridge, the boats and the evening sun.",
                amenities=("wifi", "tv", "snow", "window"),
                single=-20,
                child=20,
            ),
            room(
                "F",
                "Family loft",
                3,
                "1 double bed, 2 single beds",
                38,
                "Under the roof: parents below, children up a ladder.",
                adults=3,
                children=2,
                amenities=("wifi", "tv", "snow", "bath"),
                third=35,
                child=20,
            ),
        ),
        deposits=(percent_deposit(30), FULL),
        cancellations=(UNTIL_A_WEEK_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="BB", flexible=UNTIL_A_WEEK_BEFORE, deposit=percent_deposit(30), saver_percent=-12
        ),
        taxes=(included("VAT", "6"), per_person("Porto city tax", "3", max_nights=7, min_age=13)),
    ),
    base_plan="FLEX",
    prices={"L": Decimal(118), "R": Decimal(154), "F": Decimal(210)},
    scene="old_town",
    style="coastal",
    beds={"L": "double", "R": "king", "F": "triple"},
    seasons=(SUMMER_IN_TOWN, WINTER_IN_TOWN),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="São João", first=(6, 23), nights=2, value=Decimal("1.8"), min_stay=2),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
    ),
    blocks=(DemoBlock(room_type="R", first_in=20, nights=3, rooms=10, reason="Wedding party"),),
)
