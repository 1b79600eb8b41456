"""The family."""

from __future__ import annotations

from core.exceptions import DomainError


class BookingError(DomainError):
    """The family of everything that bookings refuse."""
