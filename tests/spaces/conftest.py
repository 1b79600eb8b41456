"""A space of a house, and a day on which it is free."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from inventory.models import Space
from tests.factories.spaces import space_open


@pytest.fixture
def day() -> date:
    """A Monday in two or three weeks."""
    today = timezone.now().date()
    return today + timedelta(days=21 - today.weekday())


@pytest.fixture
def space() -> Space:
    return space_open(hourly_price=0, name="Salon Tejo", slug="salon-tejo")
