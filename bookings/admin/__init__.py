"""Bookings at the desk."""

from . import bookings, chart, closures, groups, guests, housekeeping, invoices, reviews, spaces, today, trips

groups.register()
today.register()

__all__ = [
    "bookings",
    "chart",
    "closures",
    "groups",
    "guests",
    "housekeeping",
    "invoices",
    "reviews",
    "spaces",
    "today",
    "trips",
]
