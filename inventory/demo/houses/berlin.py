"""Haus am Kanal, Berlin."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import PropertyBlueprint
from inventory.demo.terms import (
    FULL,
    NEVER_FREE,
    NOTHING,
    UNTIL_TWO_DAYS_BEFORE,
    added,
    included,
    plans,
    room,
)
from inventory.demo.types import DemoHouse, DemoRestriction, DemoRule, DemoSeason, DemoSpecialDay, weekdays

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.7"), min_stay=2)

ADVENT = DemoSeason(name="Advent", first=(11, 25), last=(12, 23), percent=130)

SUMMER = DemoSeason(name="Summer", first=(6, 15), last=(9, 15), percent=115)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="haus-am-kanal-berlin",
        name="Haus am Kanal",
        description=(
            "A plain, friendly hotel on the Landwehr canal in Kreuzberg, in a former paper warehouse. Forty rooms, big "
            "windows, bicycles for rent at cost.\n\n"
            "The bar is where the neighbourhood drinks, and closes at one."
        ),
        stars=3,
        address="Paul-Lincke-Ufer 90",
        postal_code="10999",
        city="Berlin",
        country="DE",
        latitude=Decimal("52.49560"),
        longitude=Decimal("13.42480"),
        time_zone="Europe/Berlin",
        currency="EUR",
        email="hallo@hausamkanal.example",
        amenities=("wifi", "bar", "coffee", "lift", "pet", "access", "smoke-free"),
        room_types=(
            room(
                "K",
                "Little one",
                12,
                "1 double bed",
                14,
                "Fourteen square metres, thought through to the last hook.",
                children=0,
                amenities=("wifi", "desk"),
                single=-12,
            ),
            room(
                "D",
                "Canal double",
                20,
                "1 double bed",
                21,
                "Water, willows, and swans that wake nobody.",
                amenities=("wifi", "desk", "window"),
                single=-15,
                child=15,
            ),
            room(
                "F",
                "Warehouse loft",
                8,
                "1 double bed, 2 single beds",
                40,
                "Four metres high, with a gallery for the children.",
                adults=3,
                children=2,
                amenities=("wifi", "desk", "bath"),
                third=30,
                child=15,
            ),
        ),
        deposits=(NOTHING, FULL),
        cancellations=(UNTIL_TWO_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(board="RO", flexible=UNTIL_TWO_DAYS_BEFORE, deposit=NOTHING, breakfast=15),
        taxes=(included("VAT", "7"), added("City tax", "7.5")),
    ),
    base_plan="FLEX",
    prices={"K": Decimal(79), "D": Decimal(109), "F": Decimal(168)},
    scene="city",
    style="modern",
    beds={"K": "double", "D": "double", "F": "bunk"},
    seasons=(SUMMER, ADVENT),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Travel trade fair", first=(3, 3), nights=3, value=Decimal("1.5"), min_stay=2),
        DemoSpecialDay(name="Marathon", first=(9, 26), nights=2, value=Decimal("1.6"), min_stay=2),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
    ),
    rules=(DemoRule(max_rooms=8),),
)
