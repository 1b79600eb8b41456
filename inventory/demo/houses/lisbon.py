"""Pensão Alecrim, Lisbon."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import (
    FULL,
    NEVER_FREE,
    NOTHING,
    UNTIL_TWO_DAYS_BEFORE,
    included,
    per_person,
    plans,
    room,
)
from inventory.demo.types import DemoHouse, DemoRestriction, DemoRule, DemoSeason, DemoSpecialDay, weekdays

SUMMER_IN_TOWN = DemoSeason(name="Summer", first=(6, 1), last=(9, 30), percent=125)

WINTER_IN_TOWN = DemoSeason(name="Winter", first=(11, 5), last=(12, 20), percent=85)

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.6"), min_stay=2)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="pensao-alecrim-lisbon",
        name="Pensão Alecrim",
        description=(
            "Fourteen rooms on three floors between Chiado and the river, in a house with blue tiles and no lift. "
            "The stairs are steep; from the top floor one sees the ferries.\n\n"
            "Breakfast comes from the bakery across the street and is served until eleven, for those who stayed up."
        ),
        stars=3,
        address="Rua do Alecrim 58",
        postal_code="1200-018",
        city="Lisbon",
        country="PT",
        latitude=Decimal("38.70850"),
        longitude=Decimal("-9.14310"),
        time_zone="Europe/Lisbon",
        currency="EUR",
        email="reception@alecrim.example",
        amenities=("wifi", "coffee", "snow", "smoke-free"),
        room_types=(
            room(
                "S",
                "Small single",
                3,
                "1 single bed",
                10,
                "A bed, a desk, a window to the yard.",
                adults=1,
                children=0,
                amenities=("wifi", "desk"),
            ),
            room(
                "D",
                "Double with tiles",
                8,
                "1 double bed",
                16,
                "Blue tiles to the shoulder and a tall window to the street.",
                amenities=("wifi", "snow"),
                single=-15,
                child=15,
            ),
            room(
                "T",
                "Top-floor double",
                3,
                "1 double bed",
                18,
                "Sixty-two steps up, and the river in the window.",
                amenities=("wifi", "snow", "window"),
                single=-15,
            ),
        ),
        deposits=(NOTHING, FULL),
        cancellations=(UNTIL_TWO_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(board="RO", flexible=UNTIL_TWO_DAYS_BEFORE, deposit=NOTHING, breakfast=15),
        taxes=(
            included("VAT", "6"),
            per_person("Lisbon city tax", "4", max_nights=7, min_age=13),
        ),
    ),
    base_plan="FLEX",
    prices={"S": Decimal(58), "D": Decimal(92), "T": Decimal(118)},
    scene="old_town",
    style="classic",
    beds={"S": "single", "D": "double", "T": "double"},
    seasons=(SUMMER_IN_TOWN, WINTER_IN_TOWN),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Santo António", first=(6, 12), nights=2, value=Decimal("1.35"), min_stay=3),
        DemoSpecialDay(name="Tech conference", first=(11, 9), nights=4, value=Decimal("1.5"), min_stay=2),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
        DemoRestriction(
            note="Nobody at the desk on Sunday nights in winter",
            last_in=60,
            weekdays=weekdays("Sun"),
            closed_to_arrival=True,
        ),
    ),
    rules=(DemoRule(latest_hours_before=4, max_rooms=5, max_nights=21),),
)
