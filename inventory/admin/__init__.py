"""Everything that is set up once for a house, and corrected day by day."""

from . import calendars, nights, policies, prices, properties, rates, restrictions, rooms

__all__ = ["calendars", "nights", "policies", "prices", "properties", "rates", "restrictions", "rooms"]
