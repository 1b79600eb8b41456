"""Loftet, Copenhagen."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import FULL, NEVER_FREE, UNTIL_A_WEEK_BEFORE, amount_deposit, included, plans, room
from inventory.demo.types import DemoHouse, DemoRestriction, DemoSeason, DemoSpecialDay, weekdays

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.7"), min_stay=2)

ADVENT = DemoSeason(name="Advent", first=(11, 25), last=(12, 23), percent=130)

SUMMER = DemoSeason(name="Summer", first=(6, 15), last=(9, 15), percent=115)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="loftet-copenhagen",
        name="Loftet",
        description=(
            "A warehouse of 1787 at the harbour of Copenhagen: beams as thick as ships, thirty-six rooms between "
            "them, and a kitchen that smokes its own fish.\n\n"
            "Bicycles stand at the door. Cars do not."
        ),
        stars=4,
        address="Toldbodgade 61",
        postal_code="1253",
        city="Copenhagen",
        country="DK",
        latitude=Decimal("55.68370"),
        longitude=Decimal("12.59560"),
        time_zone="Europe/Copenhagen",
        currency="DKK",
        email="hej@loftet.example",
        amenities=("wifi", "restaurant", "bar", "lift", "gym", "smoke-free", "access"),
        room_types=(
            room(
                "B",
                "Beam double",
                22,
                "1 double bed",
                20,
                "Mind the beam. Everybody hits it once.",
                amenities=("wifi", "desk"),
                single=-150,
                child=150,
            ),
            room(
                "H",
                "Harbour double",
                11,
                "1 king-size bed",
                24,
                "Ferries, masts, and long evenings.",
                amenities=("wifi", "desk", "window"),
                single=-150,
                child=150,
            ),
            room(
                "F",
                "Family loft",
                3,
                "1 double bed, 1 bunk bed",
                42,
                "Room for five and a table for cards.",
                adults=3,
                children=3,
                amenities=("wifi", "bath"),
                third=300,
                child=150,
            ),
        ),
        deposits=(amount_deposit(500), FULL),
        cancellations=(UNTIL_A_WEEK_BEFORE, NEVER_FREE),
        rate_plans=plans(
            board="BB",
            flexible=UNTIL_A_WEEK_BEFORE,
            deposit=amount_deposit(500),
            saver_percent=-15,
            half_board=395,
        ),
        taxes=(included("VAT", "25"),),
    ),
    base_plan="FLEX",
    prices={"B": Decimal(1190), "H": Decimal(1480), "F": Decimal(2150)},
    scene="old_town",
    style="garret",
    beds={"B": "double", "H": "king", "F": "bunk"},
    seasons=(SUMMER, ADVENT),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Jazz festival", first=(7, 3), nights=9, value=Decimal("1.25")),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
    ),
)
