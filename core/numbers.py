"""Whole numbers out of what strangers send."""

from __future__ import annotations

DIGITS_MAX = 9
"""Fits PostgreSQL's integer; Python itself refuses to read numbers of more than 4,300 digits."""


def whole_number(text: object, *, digits_max: int = DIGITS_MAX) -> int | None:
    """Return what is written in the digits 0 to 9 alone; None for anything else, and for too many digits."""
    digits = str(text)
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= digits_max
    return int(digits) if is_number else None
