"""Whole numbers out of what strangers send."""

from __future__ import annotations

import pytest

from core.numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999), (12, 12)])
def test_digits_are_a_number(text: object, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 7", "-7", "+7", "1.5", "٣", "²", "x", None, "9" * 10, "9" * 5_000])
def test_anything_else_is_none(text: object) -> None:
    assert whole_number(text) is None
