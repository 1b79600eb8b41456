"""Guests who wait for a room, and what they were offered."""

from .alerts import OPEN_STATUSES, AlertStatus, PriceAlert, PriceDrop
from .entries import FLEXIBLE_DAYS_MAX, PRIORITY_MAX, WaitlistEntry, WaitlistOffer

__all__ = [
    "FLEXIBLE_DAYS_MAX",
    "OPEN_STATUSES",
    "PRIORITY_MAX",
    "AlertStatus",
    "PriceAlert",
    "PriceDrop",
    "WaitlistEntry",
    "WaitlistOffer",
]
