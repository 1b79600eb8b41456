"""Everything that is set up once for a house, and corrected day by day."""

from . import (
    calendars,
    extras,
    nights,
    policies,
    prices,
    properties,
    rate_grid,
    rates,
    restrictions,
    rooms,
    spaces,
)

__all__ = [
    "calendars",
    "extras",
    "nights",
    "policies",
    "prices",
    "properties",
    "rate_grid",
    "rates",
    "restrictions",
    "rooms",
    "spaces",
]
