"""Everything that is set up once for a house, and corrected day by day."""

from . import policies, properties, restrictions, rooms

__all__ = ["policies", "properties", "restrictions", "rooms"]
