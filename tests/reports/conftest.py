"""What the tests of reports share."""

import pytest

from core.cache import read
from core.cache.client import cache_server
from tests.factories.inventory import Hotel, hotel

from .world import MONDAY


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache."""
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def house() -> Hotel:
    """Four rooms on the forty nights from Monday on, in Berlin."""
    return hotel(first=MONDAY, nights=40, rooms=4)
