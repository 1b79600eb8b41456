"""The vocabulary of inventory queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from .models import Property, RoomInventory, RoomType  # noqa: F401 - named in the bases below


class PropertyQuerySet(models.QuerySet["Property"]):
    def published(self) -> Self:
        return self.filter(is_published=True)


class RoomTypeQuerySet(models.QuerySet["RoomType"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class RoomInventoryQuerySet(models.QuerySet["RoomInventory"]):
    def for_stay(
        self, *, room_type_ids: Iterable[int], arrival: datetime.date, departure: datetime.date
    ) -> Self:
        """The nights ``[arrival, departure)`` of some room types."""
        return self.filter(room_type_id__in=list(room_type_ids), date__gte=arrival, date__lt=departure)
