"""What the tests of the waitlist share."""

from datetime import datetime

import pytest
from django.utils import timezone

from core.cache import read
from core.cache.client import cache_server
from tests.factories.inventory import Hotel, hotel


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache."""
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def house() -> Hotel:
    """One room at 100 a night for ten nights, nothing due in advance."""
    return hotel(rooms=1, nights=10, price="100.00")


@pytest.fixture
def at() -> datetime:
    """This instant, the same for a whole test."""
    return timezone.now()
