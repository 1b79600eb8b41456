"""Finding a booking, and who may see it."""

from __future__ import annotations

from secrets import compare_digest

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.selectors import staff_may
from bookings.exceptions import BookingNotFound
from bookings.models import Booking
from core.references import reference_normalise, token_matches


def booking_by_reference(reference: str) -> Booking:
    """The booking with its property, room type, rate plan and user. One query. Raises `BookingNotFound`."""
    booking = (
        Booking.objects.with_summary()
        .select_related("user")
        .filter(reference=reference_normalise(reference))
        .first()
    )
    if booking is None:
        raise BookingNotFound
    return booking


def booking_for_access(
    *,
    reference: str,
    user: User | AnonymousUser | None = None,
    email: str | None = None,
    token: str | None = None,
) -> Booking:
    """The booking, for who may see it: its user, who has its token or its e-mail address, staff of the property.

    Somebody else's booking answers like one that does not exist: `BookingNotFound`. One query, two for staff.
    """
    booking = booking_by_reference(reference)
    if token and token_matches(token, booking.access_token_hash):
        return booking
    if email and booking.guest_email and _same_address(email, booking.guest_email):
        return booking
    if isinstance(user, User) and user.is_active and _is_theirs(booking, user):
        return booking
    raise BookingNotFound


def _is_theirs(booking: Booking, user: User) -> bool:
    return booking.user_id == user.pk or (user.is_staff and staff_may(user, booking.property_id))


def _same_address(left: str, right: str) -> bool:
    return compare_digest(left.strip().lower().encode(), right.lower().encode())
