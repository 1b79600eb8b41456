"""What is typed behind an option, read so that what cannot be meant is refused before anything is done."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

MOST = 1_000_000
"""More rows, days or pieces than anybody asks for; what databases and dates can count is far above it."""


def whole_number(least: int, most: int = MOST) -> Callable[[str], int]:
    """Return a type for `add_argument`: whole numbers from ``least`` to ``most``, both included."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return number

    return read
