"""Orchard Street Hotel, New York."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

from inventory.blueprints import CancellationBlueprint, PropertyBlueprint
from inventory.demo.terms import FIRST_NIGHT, FULL, NEVER_FREE, added, per_room, plans, room
from inventory.demo.types import DemoBlock, DemoHouse, DemoRestriction, DemoSeason, DemoSpecialDay

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.8"), min_stay=3)

HOLIDAYS = DemoSeason(name="Holidays", first=(12, 15), last=(1, 3), percent=140)

UNTIL_THREE_DAYS_BEFORE = CancellationBlueprint(
    name="Free until three days before, then the first night",
    tiers=((72, "percent", Decimal(0)), (0, "nights", Decimal(1))),
)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="orchard-street-hotel-new-york",
        name="Orchard Street Hotel",
        description=(
            "Fifty rooms on twelve narrow floors on the Lower East Side, with a roof that looks at every bridge. The "
            "lobby is a coffee shop; check-in takes as long as an espresso.\n\n"
            "New York sleeps little, and our windows are triple."
        ),
        stars=4,
        address="151 Orchard Street",
        postal_code="10002",
        city="New York",
        country="US",
        latitude=Decimal("40.72040"),
        longitude=Decimal("-73.98860"),
        time_zone="America/New_York",
        currency="USD",
        email="hi@orchardstreet.example",
        departure_until=time(12),
        amenities=("wifi", "bar", "coffee", "gym", "lift", "key", "snow", "access"),
        room_types=(
            room(
                "Q",
                "Queen",
                30,
                "1 queen-size bed",
                17,
                "Everything within reach, including the view.",
                children=1,
                amenities=("wifi", "tv", "snow"),
            ),
            room(
                "K",
                "King high floor",
                16,
                "1 king-size bed",
                21,
                "From the eighth floor up, bridges included.",
                children=1,
                amenities=("wifi", "tv", "snow", "window", "desk"),
            ),
            room(
                "P",
                "Penthouse",
                4,
                "1 king-size bed, 1 sofa bed",
                44,
                "The twelfth floor, and a terrace with a water tower for a neighbour.",
                adults=3,
                children=2,
                amenities=("wifi", "tv", "snow", "window", "door", "bath"),
                third=60,
            ),
        ),
        deposits=(FIRST_NIGHT, FULL),
        cancellations=(UNTIL_THREE_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="RO", flexible=UNTIL_THREE_DAYS_BEFORE, deposit=FIRST_NIGHT, saver_percent=-12, breakfast=24
        ),
        taxes=(added("Sales and occupancy tax", "14.75"), per_room("Room fee", "3.50")),
    ),
    base_plan="FLEX",
    prices={"Q": Decimal(229), "K": Decimal(289), "P": Decimal(640)},
    scene="city",
    style="modern",
    beds={"Q": "double", "K": "king", "P": "king"},
    seasons=(HOLIDAYS, DemoSeason(name="Deep winter", first=(1, 8), last=(3, 5), percent=70)),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Marathon", first=(10, 31), nights=2, value=Decimal("1.5"), min_stay=2),
    ),
    restrictions=(DemoRestriction(note="At most four weeks", max_stay=28),),
    blocks=(DemoBlock(room_type="P", first_in=14, nights=4, rooms=4, reason="Photo shoot"),),
)
