"""What a house is and what it sells, one module per meaning."""

from .calendars import (
    CalendarConflict,
    CalendarFeed,
    ConflictEnd,
    ConflictState,
    ExternalCalendar,
    ExternalEvent,
)
from .history import PriceChange
from .nights import BlockKind, InventoryBlock, RoomInventory
from .policies import CancellationPolicy, CancellationTier, DepositPolicy, PenaltyKind
from .properties import Amenity, Property, PropertyPhoto, Room, RoomType, RoomTypePhoto
from .rates import (
    AdjustmentKind,
    BoardBasis,
    GuestKind,
    OccupancyPrice,
    Rate,
    RatePattern,
    RatePlan,
    SpecialDay,
)
from .ratings import PropertyRating
from .restrictions import BookingRule, Restriction
from .taxes import Tax

__all__ = [
    "AdjustmentKind",
    "Amenity",
    "BlockKind",
    "BoardBasis",
    "BookingRule",
    "CalendarConflict",
    "CalendarFeed",
    "CancellationPolicy",
    "CancellationTier",
    "ConflictEnd",
    "ConflictState",
    "DepositPolicy",
    "ExternalCalendar",
    "ExternalEvent",
    "GuestKind",
    "InventoryBlock",
    "OccupancyPrice",
    "PenaltyKind",
    "PriceChange",
    "Property",
    "PropertyPhoto",
    "PropertyRating",
    "Rate",
    "RatePattern",
    "RatePlan",
    "Restriction",
    "Room",
    "RoomInventory",
    "RoomType",
    "RoomTypePhoto",
    "SpecialDay",
    "Tax",
]
