"""The bookings that somebody may see, in lists to be paginated."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from accounts.models import User
from accounts.permissions import property_ids_with, roles_for
from accounts.selectors import staff_access
from bookings.models import Booking
from bookings.querysets import BookingQuerySet

BOOKING_ORDERS = ("-created_at", "created_at", "arrival", "-arrival")


def bookings_visible(
    *,
    user: User,
    own_only: bool = False,
    property_id: int | None = None,
    statuses: Collection[str] = (),
    arrival_from: date | None = None,
    arrival_to: date | None = None,
    order: str = "-created_at",
) -> BookingQuerySet:
    """A guest's own bookings; for staff those of the properties where they may see bookings, unless ``own_only``.

    With property, room type and rate plan. ``arrival_from`` and ``arrival_to`` are both included. One query when read,
    one more for staff. Raises `ValueError` for an unknown order.
    """
    if order not in BOOKING_ORDERS:
        raise ValueError(f"order is one of {', '.join(BOOKING_ORDERS)}")
    bookings = Booking.objects.with_summary()
    if own_only or not user.is_staff:
        bookings = bookings.filter(user=user)
    else:
        ids = property_ids_with(staff_access(user), roles_for("bookings.booking", "view"))
        if ids is not None:
            bookings = bookings.filter(property_id__in=ids)
    if property_id is not None:
        bookings = bookings.filter(property_id=property_id)
    if statuses:
        bookings = bookings.filter(status__in=statuses)
    if arrival_from is not None:
        bookings = bookings.filter(arrival__gte=arrival_from)
    if arrival_to is not None:
        bookings = bookings.filter(arrival__lte=arrival_to)
    return bookings.order_by(order, "-pk" if order.startswith("-") else "pk")
