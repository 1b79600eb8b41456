"""Values come back from the cache server as they went there, whatever they are made of."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.cache.payload import pickled
from core.dates import StayDates


@dataclass(frozen=True, slots=True)
class Two:
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Three(Two):
    more: tuple[Two, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    number: int
    twice: int = field(init=False, default=0)


@dataclass
class Loose:
    name: str
    values: list[int]


TWO = Two("a", Decimal("1.50"))


@pytest.mark.parametrize(
    "value",
    [
        TWO,
        Three("b", Decimal(2), (TWO, TWO)),
        Counted(3),
        Loose("c", [1, 2]),
        StayDates(date(2027, 3, 1), date(2027, 3, 4)),
        {"mixed": [TWO, None, 1.5, (date(2027, 3, 1),)]},
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_comes_back(value: Any) -> None:
    assert pickle.loads(pickled(value)) == value


def test_what_is_shared_stays_shared() -> None:
    first, second = pickle.loads(pickled([TWO, TWO]))

    assert first is second


def test_the_fields_are_not_looked_up_for_each_object(monkeypatch: pytest.MonkeyPatch) -> None:
    pickled(TWO)
    monkeypatch.setattr(Two, "__getstate__", None)

    assert pickle.loads(pickled(TWO)) == TWO
