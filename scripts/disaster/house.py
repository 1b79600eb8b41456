"""`python -m scripts.disaster.house`: one small house in an empty database, and what a program needs to book it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import django

NIGHTS = 60
KINDS = ("Single", "Double", "Suite")
ROOMS = 200
PRICE = Decimal("80.00")
SLUG = "harbour-house"


def house_make() -> dict[str, object]:
    """Write the house; its room types, its plan, and its first bookable night."""
    from core.dates import date_range, property_today
    from inventory.models import (
        CancellationPolicy,
        CancellationTier,
        DepositPolicy,
        Property,
        Rate,
        RatePlan,
        Room,
        RoomInventory,
        RoomType,
    )

    house = Property.objects.create(
        slug=SLUG,
        name="Harbour House",
        city="Lisbon",
        country="PT",
        stars=3,
        time_zone="Europe/Lisbon",
        currency="EUR",
        email="desk@harbour.example",
        gateways=["sandbox", "at_property"],
        is_published=True,
    )
    cancellation = CancellationPolicy.objects.create(property=house, name="Free until two days before")
    CancellationTier.objects.create(
        policy=cancellation, hours_before=48, penalty_kind="percent", penalty_value=Decimal(0)
    )
    plan = RatePlan.objects.create(
        property=house,
        code="STD",
        name="Standard",
        deposit_policy=DepositPolicy.objects.create(property=house, name="Nothing in advance", kind="none"),
        cancellation_policy=cancellation,
    )
    first = property_today(house.time_zone) + timedelta(days=7)
    nights = list(date_range(first, first + timedelta(days=NIGHTS)))
    kinds = []
    for number, name in enumerate(KINDS):
        kind = RoomType.objects.create(
            property=house,
            code=f"K{number}",
            name=name,
            beds="1 bed",
            standard_occupancy=2,
            max_adults=2,
            max_children=0,
            max_occupancy=2,
        )
        Room.objects.bulk_create(
            Room(property=house, room_type=kind, number=f"{number}{room:03}") for room in range(ROOMS)
        )
        RoomInventory.objects.bulk_create(
            RoomInventory(room_type=kind, date=night, total=ROOMS) for night in nights
        )
        Rate.objects.bulk_create(
            Rate(rate_plan=plan, room_type=kind, date=night, price=PRICE) for night in nights
        )
        kinds.append(kind.pk)
    return {
        "room_types": kinds,
        "rate_plan": plan.pk,
        "first": first.isoformat(),
        "nights": NIGHTS,
        "price": str(PRICE),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(house_make()))
