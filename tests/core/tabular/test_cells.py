"""One cell for programs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.tabular.cells import cell_plain
from core.tabular.types import Column, Kind


@pytest.mark.parametrize(
    ("value", "column", "written"),
    [
        (Decimal("0.25"), Column("", "", Kind.PERCENT, digits=1), "0.250"),
        (Decimal("0.75349"), Column("", "", Kind.PERCENT, digits=1), "0.753"),
        (Decimal("2.4567"), Column("", "", Kind.NUMBER, digits=2), "2.46"),
        (Decimal("1234.5"), Column("", "", Kind.MONEY, currency="EUR"), "1234.50"),
        (None, Column("", "", Kind.PERCENT, digits=1), ""),
    ],
)
def test_programs_get_as_many_digits_as_people(value: Decimal | None, column: Column, written: str) -> None:
    assert cell_plain(value, column) == written
