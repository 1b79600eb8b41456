"""The Wharf House, London."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import FULL, NEVER_FREE, NOTHING, UNTIL_TWO_DAYS_BEFORE, included, plans, room
from inventory.demo.types import DemoHouse, DemoRestriction, DemoRule, DemoSeason, DemoSpecialDay, weekdays

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.8"), min_stay=3)

HOLIDAYS = DemoSeason(name="Holidays", first=(12, 15), last=(1, 3), percent=140)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="wharf-house-london",
        name="The Wharf House",
        description=(
            "Sixty rooms in a brick warehouse at Shad Thames, on the south bank below Tower Bridge. Low tide smells "
            "of the sea, high tide knocks on the wall.\n\n"
            "There is a library with a fire, and a bar that knows when to be quiet."
        ),
        stars=4,
        address="27 Shad Thames",
        postal_code="SE1 2YG",
        city="London",
        country="GB",
        latitude=Decimal("51.50370"),
        longitude=Decimal("-0.07290"),
        time_zone="Europe/London",
        currency="GBP",
        email="hello@wharfhouse.example",
        amenities=("wifi", "restaurant", "bar", "gym", "lift", "key", "access", "snow"),
        room_types=(
            room(
                "C",
                "Cosy double",
                24,
                "1 double bed",
                16,
                "Brick, beam, bed.",
                children=0,
                amenities=("wifi", "tv", "snow"),
                single=-15,
            ),
            room(
                "R",
                "River double",
                28,
                "1 king-size bed",
                23,
                "Tower Bridge in the morning light.",
                amenities=("wifi", "tv", "snow", "window", "desk"),
                single=-15,
                child=25,
            ),
            room(
                "W",
                "Warehouse suite",
                8,
                "1 king-size bed, 1 sofa bed",
                46,
                "The old loading door is your window.",
                adults=3,
                children=2,
                amenities=("wifi", "tv", "snow", "window", "bath"),
                third=45,
                child=25,
            ),
        ),
        deposits=(NOTHING, FULL),
        cancellations=(UNTIL_TWO_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="RO", flexible=UNTIL_TWO_DAYS_BEFORE, deposit=NOTHING, saver_percent=-14, breakfast=19
        ),
        taxes=(included("VAT", "20"),),
    ),
    base_plan="FLEX",
    prices={"C": Decimal(149), "R": Decimal(198), "W": Decimal(320)},
    scene="city",
    style="classic",
    beds={"C": "double", "R": "king", "W": "king"},
    seasons=(HOLIDAYS, DemoSeason(name="Summer", first=(6, 10), last=(9, 10), percent=120)),
    special_days=(NEW_YEAR, DemoSpecialDay(name="Tennis", first=(6, 29), nights=13, value=Decimal("1.2"))),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
        DemoRestriction(
            note="Stop-sell for a film crew", room_type="W", first_in=30, last_in=37, closed=True
        ),
    ),
    rules=(DemoRule(latest_hours_before=0, max_rooms=9),),
)
