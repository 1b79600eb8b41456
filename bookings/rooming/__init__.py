"""How stays are spread over rooms: pure computation, no database."""

from .placing import plan_rooms
from .types import Need, Piece, Place, RoomPlan

__all__ = ["Need", "Piece", "Place", "RoomPlan", "plan_rooms"]
