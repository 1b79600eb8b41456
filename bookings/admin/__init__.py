"""Bookings at the desk."""

from . import bookings, reviews, trips

__all__ = ["bookings", "reviews", "trips"]
