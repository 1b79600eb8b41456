from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import StaffRole, User
from inventory.models import Property
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.inventory import Hotel, hotel


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root(db: Any) -> Client:
    """A superuser's browser."""
    return logged_in(SuperuserFactory.create())


@pytest.fixture
def house(db: Any) -> Hotel:
    """A house with five free rooms a night."""
    return hotel(gateways=["sandbox", "at_property"])


@pytest.fixture
def other_house(db: Any) -> Hotel:
    return hotel()


def staff_of(house: Hotel | Property, role: str = StaffRole.MANAGER) -> Client:
    """The browser of somebody who works there."""
    workplace = house.property if isinstance(house, Hotel) else house
    return logged_in(StaffFactory.create(property=workplace, role=role))
