"""What the user of a staff page may do with bookings of spaces."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.permissions import OPERATION_PERMISSIONS, may_with, roles_for
from accounts.scoping import access_of
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_booking_by_reference
from bookings.space_exceptions import SpaceBookingNotFound

MODEL = "bookings.spacebooking"
OPERATIONS = ("space_book", "space_decide", "space_check_in", "space_cancel", "space_fee_waive")


def operations_of(request: HttpRequest, property_id: int) -> dict[str, bool]:
    """What the user may do with bookings of spaces of a house, as ``may_<operation>``. No query of its own."""
    access = access_of(request)
    return {
        f"may_{operation}": may_with(access, property_id, OPERATION_PERMISSIONS[operation])
        for operation in OPERATIONS
    } | {"may_export": may_with(access, property_id, OPERATION_PERMISSIONS["export_make"])}


def booking_of(request: HttpRequest, reference: str) -> SpaceBooking:
    """The booking, if the user may see bookings of spaces of its property; else 404."""
    try:
        booking = space_booking_by_reference(reference)
    except SpaceBookingNotFound as error:
        raise Http404 from error
    if not may_with(access_of(request), booking.property_id, roles_for(MODEL, "view")):
        raise Http404
    return booking
