"""A house with a hundred a night, and quotes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from inventory.exceptions import StayNotSellable
from inventory.selectors import quote_get
from inventory.types import Party, Quote
from tests.factories.inventory import Hotel

FIRST = date(2027, 3, 1)  # a Monday
AT = datetime(2027, 2, 1, 12, tzinfo=UTC)


def quote(house: Hotel, offset: int = 0, nights: int = 2, party: Party | None = None, **kwargs: Any) -> Quote:
    arguments: dict[str, Any] = {
        "room_type_id": house.room_type.pk,
        "rate_plan_id": house.plan.pk,
        "stay": house.stay(offset, nights),
        "party": party or Party(2),
        "at": AT,
    }
    return quote_get(**arguments | kwargs)


def lines(found: Quote) -> list[tuple[str, str]]:
    return [(str(line.kind), str(line.amount)) for line in found.lines]


def refusal(house: Hotel, *args: Any, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(StayNotSellable) as error:
        quote(house, *args, **kwargs)
    assert str(error.value)
    return error.value.code, error.value.data
