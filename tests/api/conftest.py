"""What the tests of the API share."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from core.cache import read
from core.cache.client import cache_server
from tests.factories.inventory import Hotel, hotel


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache."""
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def api() -> APIClient:
    """Somebody who is not logged in, and gets the 500 that a caller would get."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def house() -> Hotel:
    """Two rooms at 100 a night, free to cancel until two days before arrival, nothing due in advance."""
    return hotel(rooms=2, nights=8, price="100.00")


@pytest.fixture
def deposit_house() -> Hotel:
    """Two rooms at 100 a night; 30 percent in advance; half the total is kept in the last 30 days."""
    return hotel(
        rooms=2,
        nights=8,
        price="100.00",
        deposit="percent",
        deposit_value=30,
        tiers=((720, "percent", 0), (24, "percent", 50)),
    )
