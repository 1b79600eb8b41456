"""Guests who wait for a room, and what they were offered."""

from .entries import FLEXIBLE_DAYS_MAX, PRIORITY_MAX, WaitlistEntry, WaitlistOffer

__all__ = ["FLEXIBLE_DAYS_MAX", "PRIORITY_MAX", "WaitlistEntry", "WaitlistOffer"]
