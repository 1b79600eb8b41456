"""Time by the hour: the clock on the property's wall, opening hours, and what some hours cost. Pure, no query."""

from .clock import Period, TimeSkipped, instant_of, instants_of, periods_merge, periods_subtract
from .opening import is_open, open_periods
from .prices import SpaceQuote, space_quote

__all__ = [
    "Period",
    "SpaceQuote",
    "TimeSkipped",
    "instant_of",
    "instants_of",
    "is_open",
    "open_periods",
    "periods_merge",
    "periods_subtract",
    "space_quote",
]
