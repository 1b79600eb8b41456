"""The vocabulary of waitlist queries."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import DateField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import Combinable

from .transitions import ACTIVE_STATUSES, EntryStatus, OfferStatus

if TYPE_CHECKING:
    from .models import WaitlistEntry, WaitlistOffer  # noqa: F401 - named in the bases below

QUEUE_ORDER = ("-priority", "queued_at", "pk")
"""Who comes first: priority, then age."""


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> Self:
        return self.filter(status=EntryStatus.WAITING)

    def active(self) -> Self:
        """Entries that may still get a room."""
        return self.filter(status__in=ACTIVE_STATUSES)

    def in_turn(self) -> Self:
        return self.order_by(*QUEUE_ORDER)

    def with_house(self) -> Self:
        """What a line about an entry shows, in the same query."""
        return self.select_related("property", "room_type")

    def arriving_until(self, day: datetime.date) -> Self:
        """Entries that might arrive on ``day`` or before, their flexibility counted."""
        return self.filter(arrival__lte=_date(_day(day) + F("flexible_days")))

    def leaving_after(self, day: datetime.date) -> Self:
        """Entries that might leave after ``day``, their flexibility counted."""
        return self.filter(departure__gt=_date(_day(day) - F("flexible_days")))

    def wanting(self, *, arrival: datetime.date, departure: datetime.date, room_type_id: int) -> Self:
        """Entries one of whose possible stays has a night in ``[arrival, departure)`` in that room type or in any."""
        last_night = departure - datetime.timedelta(days=1)
        return (
            self.arriving_until(last_night)
            .leaving_after(arrival)
            .filter(Q(room_type_id=room_type_id) | Q(room_type__isnull=True))
        )


class WaitlistOfferQuerySet(models.QuerySet["WaitlistOffer"]):
    def open(self) -> Self:
        return self.filter(status=OfferStatus.OPEN)

    def with_stay(self) -> Self:
        """What is said about an offer, in the same query."""
        return self.select_related(
            "entry", "entry__property", "entry__room_type", "booking__room_type", "booking__rate_plan"
        )


def _day(day: datetime.date) -> Value:
    return Value(day, output_field=DateField())


def _date(expression: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=DateField())
