"""The vocabulary of inventory queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models

from .words import words_match, words_rank

if TYPE_CHECKING:
    from .models import Property, RoomInventory, RoomType  # noqa: F401 - named in the bases below


class PropertyQuerySet(models.QuerySet["Property"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def matching(self, text: str) -> Self:
        """Properties with every word of a text, or its beginning, in name, city or description; the best first."""
        return self.filter(words_match(text)).order_by(words_rank(text).desc(), "name", "pk")


class RoomTypeQuerySet(models.QuerySet["RoomType"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class RoomInventoryQuerySet(models.QuerySet["RoomInventory"]):
    def for_stay(
        self, *, room_type_ids: Iterable[int], arrival: datetime.date, departure: datetime.date
    ) -> Self:
        """The nights ``[arrival, departure)`` of some room types."""
        return self.filter(room_type_id__in=list(room_type_ids), date__gte=arrival, date__lt=departure)
