"""What bookings hold about people: stays, guests' profiles, registration cards, reviews, trips, spaces."""

from . import guests, refusing, retaining, spaces, stays

__all__ = ["guests", "refusing", "retaining", "spaces", "stays"]
