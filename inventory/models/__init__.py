"""What a house is and what it sells, one module per meaning."""

from .calendars import (
    CalendarConflict,
    CalendarFeed,
    ConflictEnd,
    ConflictState,
    ExternalCalendar,
    ExternalEvent,
)
from .closures import ClosureKind, RoomClosure
from .extras import Extra, ExtraUnit
from .history import PriceChange
from .nights import BlockKind, InventoryBlock, RoomInventory
from .policies import CancellationPolicy, CancellationTier, DepositPolicy, GuestChanges, PenaltyKind
from .properties import Amenity, Property, PropertyPhoto, RoomType, RoomTypePhoto
from .rate_edits import RateEdit, RateEditKind, RateEditStatus
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
from .rooms import Housekeeping, Room, RoomFeature
from .spaces import (
    Equipment,
    Space,
    SpaceClosure,
    SpaceFeed,
    SpaceHours,
    SpacePhoto,
    SpacePrice,
    Weekday,
)
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
    "ClosureKind",
    "ConflictEnd",
    "ConflictState",
    "DepositPolicy",
    "Equipment",
    "ExternalCalendar",
    "ExternalEvent",
    "Extra",
    "ExtraUnit",
    "GuestChanges",
    "GuestKind",
    "Housekeeping",
    "InventoryBlock",
    "OccupancyPrice",
    "PenaltyKind",
    "PriceChange",
    "Property",
    "PropertyPhoto",
    "PropertyRating",
    "Rate",
    "RateEdit",
    "RateEditKind",
    "RateEditStatus",
    "RatePattern",
    "RatePlan",
    "Restriction",
    "Room",
    "RoomClosure",
    "RoomFeature",
    "RoomInventory",
    "RoomType",
    "RoomTypePhoto",
    "Space",
    "SpaceClosure",
    "SpaceFeed",
    "SpaceHours",
    "SpacePhoto",
    "SpacePrice",
    "SpecialDay",
    "Tax",
    "Weekday",
]
