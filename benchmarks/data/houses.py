"""The catalogue: houses, room types, rooms, rate plans, policies and taxes, written in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from accounts.models import PropertyStaff, StaffRole, User
from benchmarks.data.sizes import LARGE_CITY, ROOM_TYPES_PER_PROPERTY, ROOMS_PER_TYPE, SMALL_CITY, Size
from inventory.models import (
    CancellationPolicy,
    CancellationTier,
    DepositPolicy,
    OccupancyPrice,
    Property,
    RatePlan,
    Room,
    RoomType,
    Tax,
)

STAFF_EMAIL = "bench-staff@chain.example"
ROOM_NAMES = (
    "Single",
    "Double",
    "Twin",
    "Superior",
    "Family",
    "Studio",
    "Garden",
    "Balcony",
    "Junior suite",
    "Suite",
)
WORDS = "Quiet rooms near the old harbour, a garden, breakfast until eleven, and a desk that never closes. "
BATCH = 1_000


def houses_build(size: Size) -> None:
    """Write the catalogue of `size` into an empty database. Some fifteen statements."""
    numbers = range(1, size.properties + 1)
    Property.objects.bulk_create((_property(number, size) for number in numbers), batch_size=BATCH)
    Tax.objects.bulk_create(
        (
            Tax(property_id=number, name="VAT", kind="percent", value=Decimal(7), is_included=True)
            for number in numbers
        ),
        batch_size=BATCH,
    )
    DepositPolicy.objects.bulk_create(
        (
            DepositPolicy(id=number, property_id=number, name="Nothing in advance", kind="none")
            for number in numbers
        ),
        batch_size=BATCH,
    )
    CancellationPolicy.objects.bulk_create(
        (
            CancellationPolicy(id=number, property_id=number, name="Free until two days before")
            for number in numbers
        ),
        batch_size=BATCH,
    )
    CancellationTier.objects.bulk_create(
        (
            CancellationTier(
                policy_id=number, hours_before=45, penalty_kind="percent", penalty_value=Decimal(0)
            )
            for number in numbers
        ),
        batch_size=BATCH,
    )
    RatePlan.objects.bulk_create((plan for number in numbers for plan in _plans(number)), batch_size=BATCH)
    types = range(size.room_types)
    RoomType.objects.bulk_create((_room_type(index) for index in types), batch_size=BATCH)
    OccupancyPrice.objects.bulk_create(
        (
            OccupancyPrice(
                room_type_id=index + 1, guests="adults", count=1, kind="amount", value=Decimal(-15)
            )
            for index in types
        ),
        batch_size=BATCH,
    )
    Room.objects.bulk_create((room for index in types for room in _rooms(index)), batch_size=BATCH)
    _staff_build(size)


def _property(number: int, size: Size) -> Property:
    city = SMALL_CITY if number <= size.small_city_houses else LARGE_CITY
    return Property(
        id=number,
        slug=f"bench-{number}",
        name=f"Hotel {city} {number}",
        description=WORDS * 4,
        stars=2 + number % 4,
        address=f"{number} Harbour Street",
        postal_code=f"{10_000 + number}",
        city=city,
        country="PT",
        latitude=Decimal("38.7") + Decimal(number % 100) / 1000,
        longitude=Decimal("-9.1") - Decimal(number % 100) / 1000,
        time_zone="Europe/Lisbon",
        currency="EUR",
        email=f"house-{number}@chain.example",
        gateways=["sandbox", "at_property"],
        is_published=True,
    )


def _room_type(index: int) -> RoomType:
    house, place = divmod(index, ROOM_TYPES_PER_PROPERTY)
    return RoomType(
        id=index + 1,
        property_id=house + 1,
        code=f"T{place}",
        name=ROOM_NAMES[place],
        description=WORDS * 2,
        beds="1 double bed",
        size_sqm=18 + 2 * place,
        standard_occupancy=2,
        max_adults=2,
        max_children=1,
        max_occupancy=3,
        position=place,
    )


def _rooms(index: int) -> Iterator[Room]:
    house, place = divmod(index, ROOM_TYPES_PER_PROPERTY)
    for number in range(ROOMS_PER_TYPE):
        yield Room(
            property_id=house + 1,
            room_type_id=index + 1,
            number=f"{place + 1}{number + 1:02d}",
            floor=str(place + 1),
        )


def _plans(number: int) -> Iterator[RatePlan]:
    """One plan with prices of its own, and one that is derived from it."""
    own = 2 * number - 1
    common = {"property_id": number, "cancellation_policy_id": number, "deposit_policy_id": number}
    yield RatePlan(id=own, code="FLEX", name="Flexible", board="RO", **common)
    yield RatePlan(
        id=own + 1,
        code="BREAKFAST",
        name="With breakfast",
        board="BB",
        derived_from_id=own,
        derived_kind="amount",
        derived_value=Decimal(12),
        position=1,
        **common,
    )


def _staff_build(size: Size) -> None:
    """Write the manager of all houses, who reads the reports."""
    manager = User.objects.create_user(email=STAFF_EMAIL, full_name="Vera Benchmark", is_staff=True)
    PropertyStaff.objects.bulk_create(
        (
            PropertyStaff(user=manager, property_id=number, role=StaffRole.MANAGER)
            for number in range(1, size.properties + 1)
        ),
        batch_size=BATCH,
    )
