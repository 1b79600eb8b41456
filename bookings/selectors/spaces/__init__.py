"""What is read of spaces by the hour: when they are free, who has them, and what changes would do."""

from .availability import SpaceStart, occupied_periods, space_free, space_starts, wish_check
from .cancelling import space_cancellation, space_series_part
from .changing import space_change_preview
from .lists import (
    series_of,
    space_booking_by_reference,
    space_booking_for_access,
    space_bookings_today,
    space_bookings_upcoming,
    space_bookings_visible,
    space_requests,
    stays_for_bill,
)
from .paying import space_payment_options, waits_for_money
from .series import series_preview
from .weeks import GridCell, GridRow, SpaceDay, SpaceWeek, hour_grid, spaces_week, week_start

__all__ = [
    "GridCell",
    "GridRow",
    "SpaceDay",
    "SpaceStart",
    "SpaceWeek",
    "hour_grid",
    "occupied_periods",
    "series_of",
    "series_preview",
    "space_booking_by_reference",
    "space_booking_for_access",
    "space_bookings_today",
    "space_bookings_upcoming",
    "space_bookings_visible",
    "space_cancellation",
    "space_change_preview",
    "space_free",
    "space_payment_options",
    "space_requests",
    "space_series_part",
    "space_starts",
    "spaces_week",
    "stays_for_bill",
    "waits_for_money",
    "week_start",
    "wish_check",
]
