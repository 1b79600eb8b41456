"""Everything that is set up once for a house, and corrected day by day."""

from . import nights, policies, properties, rates, restrictions, rooms

__all__ = ["nights", "policies", "properties", "rates", "restrictions", "rooms"]
