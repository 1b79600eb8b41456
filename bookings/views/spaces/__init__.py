"""Spaces by the hour, from a house's list to the bill."""

from .booking import space_new
from .changing import space_cancel, space_change
from .details import space_booking, space_check_in, space_ical
from .houses import space_detail, space_feed, space_list
from .paying import space_pay, space_return

__all__ = [
    "space_booking",
    "space_cancel",
    "space_change",
    "space_check_in",
    "space_detail",
    "space_feed",
    "space_ical",
    "space_list",
    "space_new",
    "space_pay",
    "space_return",
]
