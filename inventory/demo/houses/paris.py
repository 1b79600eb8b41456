"""Hôtel des Tuiles, Paris."""

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
from inventory.demo.types import DemoHouse, DemoRestriction, DemoRule, DemoSeason, DemoSpecialDay, weekdays

NEW_YEAR = DemoSpecialDay(name="New Year's Eve", first=(12, 31), value=Decimal("1.8"), min_stay=3)

HOLIDAYS = DemoSeason(name="Holidays", first=(12, 15), last=(1, 3), percent=140)


HOUSE = DemoHouse(
    blueprint=PropertyBlueprint(
        slug="hotel-des-tuiles-paris",
        name="Hôtel des Tuiles",
        description=(
            "Twenty-eight rooms on a corner of the tenth arrondissement, two minutes from the canal. The wallpaper is "
            "loud, the beds are quiet, and the baker downstairs begins at five.\n\n"
            "Families get two rooms with a door between them, if they ask."
        ),
        stars=3,
        address="Rue de Marseille 9",
        postal_code="75010",
        city="Paris",
        country="FR",
        latitude=Decimal("48.87060"),
        longitude=Decimal("2.36490"),
        time_zone="Europe/Paris",
        currency="EUR",
        email="bonjour@hoteldestuiles.example",
        amenities=("wifi", "coffee", "bar", "lift", "snow", "pet"),
        room_types=(
            room(
                "P",
                "Petite",
                10,
                "1 double bed",
                12,
                "Small, red, and under the roof.",
                children=0,
                amenities=("wifi", "tv"),
                single=-10,
            ),
            room(
                "C",
                "Classique",
                14,
                "1 double bed or 2 single beds",
                17,
                "A narrow balcony and a view of other balconies.",
                amenities=("wifi", "tv", "snow", "door"),
                single=-15,
                child=20,
            ),
            room(
                "F",
                "Familiale",
                4,
                "1 double bed, 2 single beds",
                30,
                "Two rooms, one door, one bathroom with a tub.",
                adults=3,
                children=2,
                amenities=("wifi", "tv", "snow", "bath"),
                third=35,
                child=20,
            ),
        ),
        deposits=(FIRST_NIGHT, FULL),
        cancellations=(UNTIL_TWO_DAYS_BEFORE, NEVER_FREE),
        rate_plans=plans(board="RO", flexible=UNTIL_TWO_DAYS_BEFORE, deposit=FIRST_NIGHT, breakfast=17),
        taxes=(included("VAT", "10"), per_person("Taxe de séjour", "5.20", min_age=18)),
    ),
    base_plan="FLEX",
    prices={"P": Decimal(112), "C": Decimal(149), "F": Decimal(224)},
    scene="city",
    style="garret",
    beds={"P": "double", "C": "twin", "F": "triple"},
    seasons=(HOLIDAYS, DemoSeason(name="Spring", first=(4, 10), last=(6, 30), percent=120)),
    special_days=(
        NEW_YEAR,
        DemoSpecialDay(name="Fashion week", first=(9, 28), nights=7, value=Decimal("1.5"), min_stay=3),
        DemoSpecialDay(name="Fashion week", first=(3, 2), nights=7, value=Decimal("1.5"), min_stay=3),
    ),
    restrictions=(
        DemoRestriction(note="Two nights on weekends", weekdays=weekdays("Fri", "Sat"), min_stay=2),
        DemoRestriction(
            note="Flexible only with two nights in May",
            rate_plan="FLEX",
            first_in=160,
            last_in=195,
            min_stay=2,
        ),
    ),
    rules=(DemoRule(earliest_days_before=400),),
)
