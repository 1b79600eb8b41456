"""A house on another channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from core.cache import read
from core.cache.client import cache_server
from inventory.models import ExternalCalendar
from tests.channel import Channel, channel_running
from tests.clock import clock_at
from tests.factories.inventory import Hotel, hotel

FIRST = date(2027, 3, 1)
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
then = clock_at(AT)


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache, and with closed breakers."""
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def house() -> Hotel:
    """One room, thirty nights from the 1st of March on."""
    return hotel(first=FIRST, nights=30, rooms=1)


@pytest.fixture
def channel() -> Iterator[Channel]:
    with channel_running() as running:
        yield running


@pytest.fixture
def calendar(house: Hotel, channel: Channel) -> ExternalCalendar:
    return ExternalCalendar.objects.create(room_type=house.room_type, name="Airbnb", url=channel.url)
