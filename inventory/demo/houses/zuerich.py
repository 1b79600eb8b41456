"""Hotel Limmatblick, Zürich."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import CancellationBlueprint, PropertyBlueprint
from inventory.demo.terms import FULL, NEVER_FREE, NOTHING, included, per_person, plans, room
from inventory.demo.types import DemoHouse, DemoRule, DemoSeason, DemoSpecialDay

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.7"), min_stay=2)

ADVENT = DemoSeason(name="Advent", first=(11, 25), last=(12, 23), percent=130)

UNTIL_NOON_THE_DAY_BEFORE = CancellationBlueprint(
    name="Free until noon the day before", tiers=((27, "percent", Decimal(0)), (0, "percent", Decimal(80)))
)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="hotel-limmatblick-zurich",
        name="Hotel Limmatblick",
        description=(
            "Thirty rooms in the old town of Zürich with the river below the windows. The trains to the airport and "
            "to the mountains leave eight minutes away.\n\n"
            "On weekends half the price of the week: then bankers are at home."
        ),
        stars=4,
        address="Schipfe 33",
        postal_code="8001",
        city="Zürich",
        country="CH",
        latitude=Decimal("47.37250"),
        longitude=Decimal("8.54120"),
        time_zone="Europe/Zurich",
        currency="CHF",
        email="info@limmatblick.example",
        amenities=("wifi", "coffee", "restaurant", "lift", "key", "snow", "access"),
        room_types=(
            room(
                "B",
                "Business single",
                8,
                "1 king-size bed",
                17,
                "A proper desk, a proper lamp, a silent fridge.",
                adults=1,
                children=0,
                amenities=("wifi", "desk", "snow"),
            ),
            room(
                "D",
                "River double",
                16,
                "1 king-size bed",
                23,
                "The Limmat and the minster in one window.",
                amenities=("wifi", "desk", "snow", "window"),
                single=-30,
                child=30,
            ),
            room(
                "S",
                "Minster suite",
                6,
                "1 king-size bed, 1 sofa bed",
                45,
                "Two rooms and a balcony above the water.",
                adults=3,
                children=1,
                amenities=("wifi", "desk", "snow", "door", "bath"),
                third=60,
                child=30,
            ),
        ),
        deposits=(NOTHING, FULL),
        cancellations=(UNTIL_NOON_THE_DAY_BEFORE, NEVER_FREE),
        rate_plans=plans(board="RO", flexible=UNTIL_NOON_THE_DAY_BEFORE, deposit=NOTHING, breakfast=26),
        taxes=(included("VAT", "3.8"), per_person("City tax", "3.50")),
    ),
    base_plan="FLEX",
    prices={"B": Decimal(210), "D": Decimal(285), "S": Decimal(460)},
    scene="old_town",
    style="modern",
    beds={"B": "king", "D": "king", "S": "king"},
    weekend_percent=70,
    seasons=(ADVENT,),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Street Parade", first=(8, 8), nights=1, value=Decimal("1.9"), min_stay=2),
    ),
    rules=(DemoRule(rate_plan="SAVER", latest_hours_before=336),),
)
