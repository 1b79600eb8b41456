"""A small world for the browser: a town with three houses, and one far away with another currency."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from PIL import Image

from core.dates import property_today
from inventory.models import Property, PropertyPhoto
from inventory.models.policies import DepositKind
from tests.factories.inventory import (
    AmenityFactory,
    CancellationTierFactory,
    Hotel,
    RatePlanFactory,
    RestrictionFactory,
    SpecialDayFactory,
    TaxFactory,
    hotel,
)

NIGHTS = 75
LONG_NAME = "Pensão Residencial Nossa Senhora da Conceição dos Remédios à Beira-Rio"


@dataclass(frozen=True)
class World:
    """``casa`` is what most tests book: 100 EUR a night and 2 EUR city tax per adult, refundable until 48 h before."""

    casa: Hotel
    alfama: Hotel
    closed: Hotel
    kyoto: Hotel

    @property
    def query(self) -> str:
        """Three nights for two adults in three weeks."""
        stay = self.casa.stay(offset=21, nights=3)
        return f"arrival={stay.arrival}&departure={stay.departure}&adults=2&children=0&rooms=1"


def world_build() -> World:
    """Build it: about seven hundred rows."""
    wifi = AmenityFactory.create(code="wifi", name="Wi-Fi")
    pool = AmenityFactory.create(code="pool", name="Pool")
    town = {"city": "Lisbon", "country": "PT", "time_zone": "Europe/Lisbon", "description": "By the river."}
    today = property_today("Europe/Lisbon")
    casa = hotel(
        first=today,
        nights=NIGHTS,
        name="Casa do Cais",
        slug="casa-do-cais",
        address="Rua da Prata 12",
        postal_code="1100-420",
        latitude=Decimal("38.708"),
        longitude=Decimal("-9.136"),
        deposit=DepositKind.PERCENT,
        deposit_value=30,
        room_type={"name": "River double", "size_sqm": 24, "max_children": 2},
        **town,
    )
    casa.property.amenities.set([wifi, pool])
    TaxFactory.create(
        property=casa.property, name="City tax", kind="person_night", value=Decimal(2), is_included=False
    )
    SpecialDayFactory.create(property=casa.property, date=today + timedelta(days=40), name="Book fair")
    for number, colour in enumerate(("#4b6b5a", "#b08d3f")):
        _photo(casa.property, number, colour)
    saver = RatePlanFactory.create(
        property=casa.property,
        name="Saver",
        derived_from=casa.plan,
        derived_kind="percent",
        derived_value=Decimal(-10),
        deposit_policy=casa.plan.deposit_policy,
    )
    CancellationTierFactory.create(
        policy=saver.cancellation_policy, hours_before=24, penalty_value=Decimal(50)
    )
    alfama = hotel(
        first=today, nights=NIGHTS, rooms=2, price="80.00", name=LONG_NAME, slug="alfama", tiers=(), **town
    )
    alfama.property.amenities.set([wifi])
    closed = hotel(first=today, nights=NIGHTS, name="Hotel Miradouro", slug="miradouro", **town)
    RestrictionFactory.create(
        property=closed.property, first_date=today, last_date=today + timedelta(days=NIGHTS), min_stay=14
    )
    kyoto = hotel(
        first=property_today("Asia/Tokyo"),
        nights=NIGHTS,
        price="24000",
        name="Ryokan Kawa",
        slug="ryokan-kawa",
        city="Kyoto",
        country="JP",
        time_zone="Asia/Tokyo",
        currency="JPY",
    )
    return World(casa=casa, alfama=alfama, closed=closed, kyoto=kyoto)


def _photo(house: Property, position: int, colour: str) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(picture, "WEBP")
    photo = PropertyPhoto(property=house, alt=f"{house.name}, view {position + 1}", position=position)
    photo.image.save(f"{house.slug}-{position}.webp", ContentFile(picture.getvalue(), name="photo.webp"))
