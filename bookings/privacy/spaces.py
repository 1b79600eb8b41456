"""Bookings of spaces."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Person, finds, holds
from bookings.models import SpaceBooking

holds(
    "bookings.spacebooking",
    title=_("Bookings of spaces"),
    order=140,
    find=lambda person: (
        person.by_user("user") | person.by_email("guest_email") | person.by_rows("stay", "bookings.booking")
    ),
    shown=(
        *("reference", "created_at", "property", "space", "start", "end", "persons", "status"),
        *("total", "currency", "equipment", "language"),
    ),
    personal=("guest_name", "guest_email", "guest_phone", "purpose", "staff_notes", "reason", "user"),
    secret=("access_token_hash",),
    plain=("quote", "terms", "channel"),
    reason="of the booking as it was sold: the figures and the bill are made of it",
    values={"version": F("version") + 1},
)
holds(
    "bookings.spaceseries",
    order=141,
    plain=("reference", "rule", "skipped_days"),
    reason="when a series repeats",
    erase="keep",
)


@finds("bookings.spaceseries")
def series_of(person: Person) -> Iterable[int]:
    """The series of the person's bookings."""
    keys = person.keys("bookings.spacebooking")
    rows = SpaceBooking.objects.filter(pk__in=keys, series__isnull=False).order_by()
    return rows.values_list("series_id", flat=True)
