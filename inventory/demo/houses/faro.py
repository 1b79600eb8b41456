"""Quinta das Amoras, Faro."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import NEVER_FREE, NOTHING, UNTIL_A_WEEK_BEFORE, included, plans, room
from inventory.demo.types import DemoHouse, DemoRestriction, DemoRule, DemoSeason, DemoSpecialDay, weekdays

HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="quinta-das-amoras-faro",
        name="Quinta das Amoras",
        description=(
            "A guest house of six rooms among orange trees, twenty minutes from Faro. There is a pool, two dogs, and a "
            "long table where dinner is cooked for those who say so by noon.\n\n"
            "No television and no reception: Luísa meets you at the gate."
        ),
        stars=None,
        address="Sítio das Amoras",
        postal_code="8005-412",
        city="Faro",
        country="PT",
        latitude=Decimal("37.07900"),
        longitude=Decimal("-7.93100"),
        time_zone="Europe/Lisbon",
        currency="EUR",
        email="luisa@amoras.example",
        arrival_from=time(16),
        child_max_age=15,
        gateways=("at_property",),
        amenities=("wifi", "pool", "parking", "pet", "heart", "coffee"),
        room_types=(
            room(
                "G",
                "Garden room",
                4,
                "1 double bed",
                21,
                "Lime-washed walls and a door to the orange trees.",
                children=1,
                amenities=("wifi", "door"),
                single=-10,
                child=18,
            ),
            room(
                "P",
                "Pool room",
                2,
                "2 single beds",
                24,
                "Two steps from the water.",
                children=2,
                amenities=("wifi", "door"),
                single=-10,
                child=18,
            ),
        ),
        deposits=(NOTHING,),
        cancellations=(UNTIL_A_WEEK_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="BB", flexible=UNTIL_A_WEEK_BEFORE, deposit=NOTHING, saver_percent=None, half_board=28
        ),
        taxes=(included("VAT", "6"),),
    ),
    base_plan="FLEX",
    prices={"G": Decimal(96), "P": Decimal(112)},
    scene="coast",
    style="coastal",
    beds={"G": "double", "P": "twin"},
    weekend_percent=105,
    seasons=(
        DemoSeason(name="High summer", first=(7, 1), last=(8, 31), percent=150),
        DemoSeason(name="Early summer", first=(5, 15), last=(6, 30), percent=120),
    ),
    special_days=(
        DemoSpecialDay(name="New Year's Eve", first=(12, 31), kind="surcharge", value=Decimal(30)),
    ),
    restrictions=(
        DemoRestriction(note="At most two weeks", max_stay=14),
        DemoRestriction(note="No departures on Sundays", weekdays=weekdays("Sun"), closed_to_departure=True),
    ),
    rules=(DemoRule(earliest_days_before=365, latest_hours_before=24, max_rooms=6),),
)
