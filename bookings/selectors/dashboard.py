"""A guest's stays at a glance: the next ones, the last ones, and those called off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from bookings.models import Booking
from bookings.types import BookingSummary
from core.cache.keys import USER_BOOKINGS
from core.cache.read import get_or_compute

from .lists import BookingGroup, summaries_of

SHOWN: dict[BookingGroup, int] = {"upcoming": 6, "past": 3, "cancelled": 3}


@dataclass(frozen=True, slots=True)
class StaysGlance:
    """The first stays of each group, and how many there are of it in all."""

    items: dict[str, tuple[BookingSummary, ...]]
    totals: dict[str, int]


def stays_glance(*, user: User, at: datetime) -> StaysGlance:
    """The stays that a dashboard shows. Cached for that user; two queries when it is not, however many there are."""
    return get_or_compute(USER_BOOKINGS, user.pk, ("glance",), lambda: _read(user, at))


def _read(user: User, at: datetime) -> StaysGlance:
    shown = Q()
    for group, count in SHOWN.items():
        shown |= Q(list_group=group, place__lte=count)
    bookings = (
        Booking.objects.with_summary()
        .defer("quote", "cancellation_terms")
        .filter(user=user)
        .with_review_state()
        .with_place_in_group(at=at)
    )
    rows = list(bookings.filter(shown).order_by("list_group", "place"))
    items: defaultdict[str, list[BookingSummary]] = defaultdict(list)
    totals: dict[str, int] = {}
    for row, summary in zip(rows, summaries_of(rows), strict=True):
        items[row.list_group].append(summary)
        totals[row.list_group] = row.group_total
    return StaysGlance({group: tuple(found) for group, found in items.items()}, totals)
