"""Sumida Garden Hotel, Tokyo."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from inventory.blueprints import CancellationBlueprint, PropertyBlueprint
from inventory.demo.terms import FULL, NEVER_FREE, included, per_person, percent_deposit, plans, room
from inventory.demo.types import DemoHouse, DemoRule, DemoSeason, DemoSpecialDay

UNTIL_THE_DAY_BEFORE_FOR_A_FEE = CancellationBlueprint(
    name="Free until a week before, then a fee",
    tiers=((168, "percent", Decimal(0)), (24, "amount", Decimal(8000))),
)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="sumida-garden-hotel-tokyo",
        name="Sumida Garden Hotel",
        description=(
            "Forty-five rooms beside a small garden in Asakusa, a walk from the temple before the crowds come. A "
            "bath under the roof looks at the Skytree; it is hottest at ten in the evening.\n\n"
            "Rooms with tatami have bedding that is laid out while you eat."
        ),
        stars=4,
        address="2-14-6 Komagata",
        postal_code="111-0043",
        city="Tokyo",
        country="JP",
        latitude=Decimal("35.70780"),
        longitude=Decimal("139.79600"),
        time_zone="Asia/Tokyo",
        currency="JPY",
        email="stay@sumidagarden.example",
        departure_until=time(10),
        child_max_age=11,
        amenities=("wifi", "spa", "restaurant", "lift", "key", "smoke-free", "snow"),
        room_types=(
            room(
                "S",
                "Compact single",
                15,
                "1 small double bed",
                13,
                "Thirteen square metres and nothing missing.",
                adults=1,
                children=0,
                amenities=("wifi", "tv", "snow", "desk"),
            ),
            room(
                "W",
                "Garden double",
                22,
                "1 double bed",
                20,
                "Maples outside the window, tea on the table.",
                amenities=("wifi", "tv", "snow", "window"),
                single=-2000,
                child=2500,
            ),
            room(
                "T",
                "Tatami room",
                8,
                "4 futons",
                32,
                "Eight mats, a low table, and room for a family.",
                adults=4,
                children=2,
                amenities=("wifi", "snow", "window"),
                single=-3000,
                third=6000,
                child=2500,
            ),
        ),
        deposits=(percent_deposit(20), FULL),
        cancellations=(UNTIL_THE_DAY_BEFORE_FOR_A_FEE, NEVER_FREE),
        rate_plans=plans(
            board="RO",
            flexible=UNTIL_THE_DAY_BEFORE_FOR_A_FEE,
            deposit=percent_deposit(20),
            breakfast=2200,
            half_board=7800,
        ),
        taxes=(included("Consumption tax", "10"), per_person("Accommodation tax", "200")),
    ),
    base_plan="FLEX",
    prices={"S": Decimal(13800), "W": Decimal(24500), "T": Decimal(38000)},
    scene="city",
    style="modern",
    beds={"S": "single", "W": "double", "T": "twin"},
    seasons=(
        DemoSeason(name="Cherry blossom", first=(3, 20), last=(4, 10), percent=170),
        DemoSeason(name="Autumn leaves", first=(11, 10), last=(12, 5), percent=130),
    ),
    special_days=(
        DemoSpecialDay(name="Turn of the year", first=(12, 30), nights=4, value=Decimal("1.6"), min_stay=2),
        DemoSpecialDay(
            name="Sumida fireworks", first=(7, 25), kind="surcharge", value=Decimal(12000), min_stay=2
        ),
    ),
    rules=(DemoRule(earliest_days_before=180),),
)
