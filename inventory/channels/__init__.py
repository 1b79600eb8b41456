"""Calendars as other channels write and read them (RFC 5545). Pure: text in, plain data out, and back."""

from .reading import FeedEvent, FeedRead, FeedUnreadable, feed_read
from .uids import uid_is_ours, uid_of_block, uid_of_booking, uid_of_period
from .writing import Occupancy, feed_write, unavailable_periods

__all__ = [
    "FeedEvent",
    "FeedRead",
    "FeedUnreadable",
    "Occupancy",
    "feed_read",
    "feed_write",
    "uid_is_ours",
    "uid_of_block",
    "uid_of_booking",
    "uid_of_period",
    "unavailable_periods",
]
