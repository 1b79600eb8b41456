"""What the pages of a booking have in common."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from bookings.exceptions import EditConflict
from bookings.models import Booking
from bookings.transitions import BookingStatus
from core.dates import StayDates
from inventory.forms import stay_query
from inventory.selectors import catalogue_get
from inventory.types import Party
from payments.selectors import folio_money, payments_for_folio


def booking_context(booking: Booking) -> dict[str, Any]:
    """Return the booking with its property and its quote as sold, for the summary beside every step."""
    return {
        "booking": booking,
        "property": catalogue_get(property_id=booking.property_id).property,
        "stay": StayDates(booking.arrival, booking.departure),
        "quote": booking.quote,
        "search_again": search_again(booking).urlencode(),
    }


def search_again(booking: Booking) -> QueryDict:
    """Return the same nights for the same party, as the search reads them."""
    return stay_query(
        stay=StayDates(booking.arrival, booking.departure),
        party=Party(
            booking.adults or 1, tuple(booking.children_ages), min(booking.rooms, booking.adults or 1)
        ),
    )


def hold_is_running(booking: Booking) -> bool:
    """Whether the rooms are kept and wait for the guest."""
    return (
        booking.status == BookingStatus.HELD
        and booking.hold_expires_at is not None
        and booking.hold_expires_at > timezone.now()
    )


def not_waiting_response(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Answer a step whose hold is over: the page of the expired hold, or the booking as it is now."""
    if booking.status in (BookingStatus.HELD, BookingStatus.EXPIRED):
        return expired_response(request, booking)
    return redirect("bookings:detail", booking.reference)


def expired_response(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Say that the hold is over, and what becomes of money that came too late for it."""
    money = folio_money(folio_id=booking.folio_id)
    context = booking_context(booking) | {
        "money": money,
        "going_back": money.refunded + money.refunds_open,
        "payments": payments_for_folio(folio_id=booking.folio_id),
    }
    return render(request, "bookings/expired.html", context, status=410)


def conflict_show(form: Form, error: EditConflict) -> None:
    """Tell that somebody else was faster, and let what was typed be sent again: it knows of their change now."""
    form.data = {**form.data, "version": error.data["version"]}
    form.add_error(None, str(error.message))
