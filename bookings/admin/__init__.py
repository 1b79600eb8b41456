"""Bookings at the desk."""

from . import bookings

__all__ = ["bookings"]
