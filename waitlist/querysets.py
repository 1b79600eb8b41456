"""The vocabulary of waitlist queries."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

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

    def wanting(
        self, *, arrival: datetime.date, departure: datetime.date, room_type_id: int | None = None
    ) -> Self:
        """Entries one of whose possible stays has a night in ``[arrival, departure)``, of that room type or of any."""
        entries = self.filter(
            arrival__lt=F("flexible_days") + models.Value(departure, output_field=models.DateField()),
            departure__gt=models.Value(arrival, output_field=models.DateField()) - F("flexible_days"),
        )
        if room_type_id is None:
            return entries
        return entries.filter(Q(room_type_id=room_type_id) | Q(room_type__isnull=True))

    def before(self, entry: WaitlistEntry) -> Self:
        """Entries that come before another one."""
        return self.filter(
            Q(priority__gt=entry.priority)
            | Q(priority=entry.priority, queued_at__lt=entry.queued_at)
            | Q(priority=entry.priority, queued_at=entry.queued_at, pk__lt=entry.pk)
        )


class WaitlistOfferQuerySet(models.QuerySet["WaitlistOffer"]):
    def open(self) -> Self:
        return self.filter(status=OfferStatus.OPEN)

    def with_stay(self) -> Self:
        """What is said about an offer, in the same query."""
        return self.select_related(
            "entry", "entry__property", "entry__room_type", "booking__room_type", "booking__rate_plan"
        )
