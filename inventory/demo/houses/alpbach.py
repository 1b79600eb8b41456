"""Berghaus Lärchwald, Alpbach."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from inventory.blueprints import CancellationBlueprint, PropertyBlueprint
from inventory.demo.terms import FULL, NEVER_FREE, included, per_person, percent_deposit, plans, room
from inventory.demo.types import (
    DemoBlock,
    DemoHouse,
    DemoRestriction,
    DemoRule,
    DemoSeason,
    DemoSpecialDay,
    weekdays,
)

UNTIL_A_MONTH_BEFORE = CancellationBlueprint(
    name="Free until a month before, then in steps",
    tiers=((720, "percent", Decimal(0)), (336, "percent", Decimal(40)), (72, "percent", Decimal(70))),
)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="berghaus-laerchwald-alpbach",
        name="Berghaus Lärchwald",
        description=(
            "A timber house at 1,040 metres above the village of Alpbach, with the slopes a short walk away and the "
            "larch forest behind it. Half board means five courses and no choice, which nobody has regretted.\n\n"
            "In winter stays begin on Saturdays and last a week around the holidays. Between the seasons the house "
            "is closed, and the family sleeps."
        ),
        stars=4,
        address="Oberdorf 112",
        postal_code="6236",
        city="Alpbach",
        country="AT",
        latitude=Decimal("47.39870"),
        longitude=Decimal("11.94450"),
        time_zone="Europe/Vienna",
        currency="EUR",
        email="gruess-gott@laerchwald.example",
        arrival_from=time(16),
        departure_until=time(10),
        child_max_age=14,
        amenities=("wifi", "spa", "pool", "restaurant", "bar", "parking", "pet", "heart"),
        room_types=(
            room(
                "D",
                "Larch double",
                14,
                "1 double bed",
                28,
                "Wood from our own forest, and a balcony to the peaks.",
                children=1,
                amenities=("wifi", "door", "window"),
                single=-25,
                child=35,
            ),
            room(
                "F",
                "Family room",
                7,
                "1 double bed, 1 bunk bed",
                40,
                "Bunk beds with curtains and reading lamps.",
                adults=2,
                children=3,
                amenities=("wifi", "door", "bath"),
                child=35,
            ),
            room(
                "S",
                "Gable suite",
                3,
                "1 king-size bed, 1 sofa bed",
                56,
                "Under the ridge, with a stove and a bathtub at the window.",
                adults=3,
                children=2,
                amenities=("wifi", "door", "bath", "window"),
                third=60,
                child=35,
            ),
        ),
        deposits=(percent_deposit(40), FULL),
        cancellations=(UNTIL_A_MONTH_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="HB", flexible=UNTIL_A_MONTH_BEFORE, deposit=percent_deposit(40), saver_percent=-8
        ),
        taxes=(included("VAT", "10"), per_person("Local tax", "2.60", min_age=15)),
    ),
    base_plan="FLEX",
    prices={"D": Decimal(248), "F": Decimal(310), "S": Decimal(396)},
    scene="alpine",
    style="alpine",
    beds={"D": "double", "F": "bunk", "S": "king"},
    weekend_percent=100,
    seasons=(
        DemoSeason(name="Christmas and New Year", first=(12, 20), last=(1, 6), percent=165),
        DemoSeason(name="February", first=(2, 1), last=(3, 5), percent=140),
        DemoSeason(name="Summer", first=(7, 1), last=(9, 15), percent=90),
    ),
    special_days=(
        DemoSpecialDay(
            name="New Year's Eve", first=(12, 31), kind="surcharge", value=Decimal(70), min_stay=5
        ),
    ),
    restrictions=(
        DemoRestriction(note="Three nights at least", min_stay=3),
        DemoRestriction(note="Suites by the week", room_type="S", min_stay=7, weekdays=weekdays("Sat")),
        DemoRestriction(note="Annual closing", first_in=5, last_in=12, closed=True),
    ),
    blocks=(DemoBlock(room_type="F", first_in=45, nights=6, rooms=7, reason="Ski club of Innsbruck"),),
    rules=(DemoRule(earliest_days_before=540, latest_hours_before=48, max_nights=28, max_rooms=6),),
)
