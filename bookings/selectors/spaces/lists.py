"""Bookings of spaces: finding one, who may see it, and lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import property_ids_with, roles_for
from accounts.selectors import staff_access, staff_may
from bookings.models import Booking, SpaceBooking
from bookings.space_exceptions import SpaceBookingNotFound
from bookings.space_transitions import OPEN_STATUSES, SpaceBookingStatus
from bookings.transitions import BookingStatus
from core.dates import property_now
from core.references import reference_normalise, token_matches
from inventory.hourly import Period
from inventory.models import Property

RELATED = ("space", "property", "series", "user", "stay", "decided_by")
BILL_STATUSES = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)


def space_bookings() -> QuerySet[SpaceBooking]:
    """Bookings of spaces with space, property, series, user and stay. One query when read."""
    return SpaceBooking.objects.select_related(*RELATED)


def space_booking_by_reference(reference: str) -> SpaceBooking:
    """The booking with this reference. One query. Raises `SpaceBookingNotFound`."""
    found = space_bookings().filter(reference=reference_normalise(reference)).first()
    if found is None:
        raise SpaceBookingNotFound
    return found


def space_booking_for_access(
    *, reference: str, user: User | AnonymousUser | None = None, token: str | None = None
) -> SpaceBooking:
    """The booking, for who may see it: its user, who has its token, staff of the property.

    Somebody else's answers like one that does not exist. One query, two for staff. Raises `SpaceBookingNotFound`.
    """
    booking = space_booking_by_reference(reference)
    if token and token_matches(token, booking.access_token_hash):
        return booking
    if isinstance(user, User) and user.is_active and _is_theirs(booking, user):
        return booking
    raise SpaceBookingNotFound


def _is_theirs(booking: SpaceBooking, user: User) -> bool:
    return booking.user_id == user.pk or (user.is_staff and staff_may(user, booking.property_id))


def space_bookings_visible(*, user: User, own_only: bool = False) -> QuerySet[SpaceBooking]:
    """A guest's own; for staff those of the properties where they may see them, unless ``own_only``.

    In the order of their start, the next first. One query when read, one more for staff.
    """
    rows = space_bookings().order_by("start", "pk")
    if own_only or not user.is_staff:
        return rows.filter(user=user)
    ids = property_ids_with(staff_access(user), roles_for("bookings.spacebooking", "view"))
    return rows if ids is None else rows.filter(property_id__in=ids)


def space_requests(*, property_id: int, at: datetime) -> list[SpaceBooking]:
    """Requests that wait for an answer, those that end first on top. One query."""
    rows = space_bookings().filter(
        property_id=property_id, status=SpaceBookingStatus.REQUESTED, hold_expires_at__gt=at
    )
    return list(rows.order_by("hold_expires_at", "start", "pk"))


def space_bookings_today(*, house: Property, at: datetime) -> list[SpaceBooking]:
    """What takes place in the next twelve hours or goes on, for the desk. One query."""
    statuses = (
        SpaceBookingStatus.APPROVED,
        SpaceBookingStatus.CONFIRMED,
        SpaceBookingStatus.CHECKED_IN,
        SpaceBookingStatus.NO_SHOW,
    )
    rows = space_bookings().filter(
        property=house, status__in=statuses, end__gt=at, start__lt=at + timedelta(hours=12)
    )
    return list(rows.order_by("start", "pk"))


def space_bookings_upcoming(*, user: User, at: datetime, limit: int) -> list[SpaceBooking]:
    """A guest's next times in spaces. One query."""
    statuses = (*OPEN_STATUSES, SpaceBookingStatus.CHECKED_IN)
    rows = space_bookings().filter(user=user, status__in=statuses, end__gt=at)
    return list(rows.order_by("start", "pk")[:limit])


def series_of(booking: SpaceBooking) -> list[SpaceBooking]:
    """All occurrences of a booking's series, in order. One query, none for what repeats not."""
    if booking.series_id is None:
        return []
    return list(SpaceBooking.objects.filter(series_id=booking.series_id).order_by("start", "pk"))


def stays_for_bill(
    *, house: Property, period: Period, user: User | None, references: tuple[str, ...] = ()
) -> list[Booking]:
    """The stays of a guest (or with these references) on whose bill a time may go. One query, none for nobody."""
    rows = Booking.objects.filter(property=house, status__in=BILL_STATUSES)
    if references:
        rows = rows.filter(reference__in=references) | (rows.filter(user=user) if user else rows.none())
    elif user is not None:
        rows = rows.filter(user=user)
    else:
        return []
    first = property_now(house.time_zone, period.start).date()
    last = property_now(house.time_zone, period.end).date()
    return list(rows.filter(arrival__lte=first, departure__gte=last).order_by("arrival", "pk"))
