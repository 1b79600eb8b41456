"""Which booking a request may see and change: its user, who has its token, and staff of the property by their role."""

from __future__ import annotations

from collections.abc import Collection

from rest_framework.request import Request

from accounts.models import StaffRole, User
from accounts.permissions import may_with
from accounts.selectors import staff_access
from bookings.models import Booking, SpaceBooking
from bookings.selectors import booking_for_access
from bookings.selectors.spaces import space_booking_for_access
from core.exceptions import PermissionDenied
from core.references import token_matches

TOKEN_HEADER = "X-Booking-Token"  # noqa: S105 - the name of a header, not a secret


def request_user(request: Request) -> User | None:
    """The user who is logged in."""
    return request.user if isinstance(request.user, User) else None


def request_token(request: Request) -> str:
    """The booking's token that the request brings, or ""."""
    return request.headers.get(TOKEN_HEADER, "").strip()


def booking_of_request(request: Request, reference: str) -> Booking:
    """The booking, for who may see it. One query, two for staff. Raises `BookingNotFound` as if it did not exist."""
    return booking_for_access(
        reference=reference, user=request_user(request), token=request_token(request) or None
    )


def booking_to_change(request: Request, reference: str, roles: Collection[str]) -> Booking:
    """The booking, for its guest and for staff in one of ``roles``. Three queries at most.

    Raises `BookingNotFound`, and `PermissionDenied` for staff who may see it but not do this.
    """
    booking = booking_of_request(request, reference)
    if not is_guest_of(request, booking):
        staff_check(request, booking, roles)
    return booking


def space_booking_of_request(request: Request, reference: str) -> SpaceBooking:
    """The booking of a space, for who may see it. Raises `SpaceBookingNotFound` as if it did not exist."""
    return space_booking_for_access(
        reference=reference, user=request_user(request), token=request_token(request) or None
    )


def space_booking_to_change(request: Request, reference: str, roles: Collection[str]) -> SpaceBooking:
    """The booking of a space, for its guest and for staff in one of ``roles``. Raises as `booking_to_change` does."""
    booking = space_booking_of_request(request, reference)
    if not is_guest_of(request, booking):
        staff_check(request, booking, roles)
    return booking


def staff_check(request: Request, booking: Booking | SpaceBooking, roles: Collection[str]) -> None:
    """Refuse everybody but staff of the property in one of ``roles``. One query. Raises `PermissionDenied`."""
    access = staff_access(request_user(request))
    if not may_with(access, booking.property_id, frozenset(StaffRole(role) for role in roles)):
        raise PermissionDenied


def is_guest_of(request: Request, booking: Booking | SpaceBooking) -> bool:
    """Whether the request comes from the booking's guest: by account or by token."""
    user = request_user(request)
    if user is not None and booking.user_id == user.pk:
        return True
    return token_matches(request_token(request), booking.access_token_hash)


def principal_for(request: Request, booking: Booking | SpaceBooking) -> str:
    """Whose idempotency keys they are: the user's, or the booking's for who opens it by its token."""
    user = request_user(request)
    if user is not None:
        return f"user:{user.pk}"
    return f"{'space_booking' if isinstance(booking, SpaceBooking) else 'booking'}:{booking.pk}"
