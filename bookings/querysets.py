"""The vocabulary of booking queries."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from .transitions import HOLDING_STATUSES, SOLD_STATUSES, BookingStatus

if TYPE_CHECKING:
    from .models import Booking


class BookingQuerySet(models.QuerySet["Booking"]):
    def occupying(self) -> Self:
        """Bookings that take rooms out of sale: held or sold."""
        return self.filter(status__in=(*HOLDING_STATUSES, *SOLD_STATUSES))

    def hold_expired(self, *, at: datetime.datetime) -> Self:
        return self.filter(status=BookingStatus.HELD, hold_expires_at__lte=at)

    def with_summary(self) -> Self:
        """What a list line of a booking shows, in the same query."""
        return self.select_related("property", "room_type", "rate_plan")
