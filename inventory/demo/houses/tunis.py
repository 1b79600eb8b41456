"""Dar El Yasmine, Tunis."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import (
    FIRST_NIGHT,
    FULL,
    NEVER_FREE,
    UNTIL_TWO_DAYS_BEFORE,
    included,
    per_person,
    plans,
    room,
)
from inventory.demo.types import DemoHouse, DemoRule, DemoSeason, DemoSpecialDay

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.6"), min_stay=2)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="dar-el-yasmine-tunis",
        name="Dar El Yasmine",
        description=(
            "Eight rooms around a courtyard with a fountain, deep in the medina of Tunis. One knocks; the street gives "
            "no hint of it.\n\n"
            "Breakfast is served on the roof between jasmine and antennas. Cars stop two hundred metres away, and "
            "somebody comes to carry the luggage."
        ),
        stars=4,
        address="Rue du Pacha 14",
        postal_code="1006",
        city="Tunis",
        country="TN",
        latitude=Decimal("36.80010"),
        longitude=Decimal("10.17020"),
        time_zone="Africa/Tunis",
        currency="TND",
        email="bienvenue@yasmine.example",
        amenities=("wifi", "coffee", "restaurant", "heart", "snow"),
        room_types=(
            room(
                "C",
                "Courtyard room",
                5,
                "1 double bed",
                20,
                "Painted ceilings, a carved door, the sound of water.",
                children=1,
                amenities=("wifi", "snow"),
                single=-30,
                child=30,
            ),
            room(
                "S",
                "Terrace suite",
                3,
                "1 king-size bed, 1 sofa bed",
                42,
                "A salon, a bedroom, and a terrace of its own.",
                adults=3,
                children=1,
                amenities=("wifi", "snow", "door", "bath"),
                third=60,
                child=30,
            ),
        ),
        deposits=(FIRST_NIGHT, FULL),
        cancellations=(UNTIL_TWO_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(board="BB", flexible=UNTIL_TWO_DAYS_BEFORE, deposit=FIRST_NIGHT, half_board=65),
        taxes=(included("VAT", "7"), per_person("Stay tax", "12", max_nights=9, min_age=12)),
    ),
    base_plan="FLEX",
    prices={"C": Decimal(285), "S": Decimal(430)},
    scene="old_town",
    style="classic",
    beds={"C": "double", "S": "king"},
    seasons=(DemoSeason(name="Spring", first=(3, 15), last=(5, 31), percent=120),),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(
            name="Carthage festival", first=(7, 20), nights=3, kind="surcharge", value=Decimal("45.500")
        ),
    ),
    rules=(DemoRule(latest_hours_before=12),),
)
