"""The entries that somebody may see, in lists to be paginated."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from accounts.models import User
from accounts.permissions import property_ids_with, roles_for
from accounts.selectors import staff_access
from waitlist.models import WaitlistEntry
from waitlist.querysets import QUEUE_ORDER, WaitlistEntryQuerySet

ENTRY_ORDERS = {
    "queue": QUEUE_ORDER,
    "arrival": ("arrival", "pk"),
    "-created_at": ("-created_at", "-pk"),
}


def entries_visible(
    *,
    user: User,
    own_only: bool = False,
    property_id: int | None = None,
    room_type_id: int | None = None,
    statuses: Collection[str] = (),
    night_from: date | None = None,
    night_to: date | None = None,
    order: str = "queue",
) -> WaitlistEntryQuerySet:
    """A guest's own entries; for staff those of the properties where they may see them, unless ``own_only``.

    ``night_from`` and ``night_to``, both included: entries that might take one of these nights, their flexibility
    counted. With property and room type. One query when read, one more for staff. Raises `ValueError` for an unknown
    order.
    """
    if order not in ENTRY_ORDERS:
        raise ValueError(f"order is one of {', '.join(ENTRY_ORDERS)}")
    entries = WaitlistEntry.objects.with_house()
    if own_only or not user.is_staff:
        entries = entries.filter(user=user)
    else:
        ids = property_ids_with(staff_access(user), roles_for("waitlist.waitlistentry", "view"))
        if ids is not None:
            entries = entries.filter(property_id__in=ids)
    if property_id is not None:
        entries = entries.filter(property_id=property_id)
    if room_type_id is not None:
        entries = entries.filter(room_type_id=room_type_id)
    if statuses:
        entries = entries.filter(status__in=statuses)
    if night_from is not None:
        entries = entries.leaving_after(night_from)
    if night_to is not None:
        entries = entries.arriving_until(night_to)
    return entries.order_by(*ENTRY_ORDERS[order])
