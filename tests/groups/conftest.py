from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import StaffRole
from bookings.group_types import GroupDetails, GroupRoom
from bookings.models import Group
from bookings.services.groups import group_blocks_set, group_create
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel, TaxFactory, hotel


@pytest.fixture
def house() -> Hotel:
    found = hotel(rooms=5, price="100.00", nights=10)
    TaxFactory(property=found.property, name="VAT", value=Decimal(10), is_included=True)
    TaxFactory(
        property=found.property, name="City tax", kind="person_night", value=Decimal(2), is_included=False
    )
    return found


@pytest.fixture
def clerk(house: Hotel) -> Any:
    return StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)


@pytest.fixture
def manager(house: Hotel) -> Any:
    return StaffFactory(property=house.property, role=StaffRole.MANAGER)


def group_kept(
    house: Hotel,
    clerk: Any,
    *,
    rooms: int = 3,
    nights: int = 2,
    price: str | None = "80.00",
    offset: int = 0,
    **more: Any,
) -> Group:
    """A group that keeps rooms on nights of the house, the first ones unless told otherwise."""
    stay = house.stay(offset, nights)
    details = GroupDetails(
        name="Chess club",
        arrival=stay.arrival,
        departure=stay.departure,
        release_date=stay.arrival - timedelta(days=3),
        rate_plan_id=house.plan.pk,
        **more,
    )
    group = group_create(property_id=house.property.pk, details=details, actor=clerk)
    group_blocks_set(
        group_id=group.pk,
        room_type_id=house.room_type.pk,
        nights=stay.dates(),
        rooms=rooms,
        actor=clerk,
        price=None if price is None else Decimal(price),
    )
    return group


def room_of(
    house: Hotel, *, guests: tuple[str, ...] = ("Ana Reis",), offset: int = 0, nights: int = 2, **more: Any
) -> GroupRoom:
    stay = house.stay(offset, nights)
    return GroupRoom(
        room_type_id=house.room_type.pk, arrival=stay.arrival, departure=stay.departure, guests=guests, **more
    )


def nights_of(house: Hotel, nights: int = 2) -> list[tuple[int, int, int]]:
    """Blocked, sold and available rooms of the first nights."""
    rows = [house.inventory(offset) for offset in range(nights)]
    return [(row.blocked, row.sold, row.available) for row in rows]
