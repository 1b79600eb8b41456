"""A booking as its guest sees it, whatever its state."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.calendars import booking_ical
from bookings.change_rules import guest_change_refusal
from bookings.models import Booking
from bookings.selectors import cancellation_preview, payment_options
from bookings.selectors.changes import changes_of_booking
from bookings.selectors.extras import extras_offered
from bookings.selectors.groups import group_payer
from bookings.services.extras import extras_orderable
from bookings.transitions import BookingStatus, transition_allowed
from payments.selectors import folio_money, invoices_of_folio, payments_for_folio

from .access import booking_page
from .context import booking_context, expired_response, hold_is_running
from .trip_access import trip_of_booking

HTTP_STOP_POLLING = 286
"""htmx: swap this in and poll no more."""


@require_safe
@booking_page
def detail(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Show reference, stay, price, payments and policy, and what can be done now."""
    context = booking_context(booking) | _money(booking)
    if booking.status in (BookingStatus.HELD, BookingStatus.EXPIRED) and not (
        hold_is_running(booking) or context["money"].has_open_payment
    ):
        return expired_response(request, booking)
    if transition_allowed(source=booking.status, target=BookingStatus.CANCELLED):
        context["preview"] = cancellation_preview(booking=booking)
    context |= {
        "payer": group_payer(booking=booking),
        "may_change": guest_change_refusal(booking, at=timezone.now()) is None,
        "pending_change": booking.pending_change,
        "changes": changes_of_booking(booking=booking),
        "may_add_extras": extras_orderable(booking, at=timezone.now())
        and bool(extras_offered(booking=booking, for_guest=True)),
    }
    context["trip"] = trip_of_booking(request, booking)
    return render(request, "bookings/detail.html", context)


@require_safe
@booking_page
def status(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Answer the page that waits for the bank: the same lines again, or a reload once it is decided."""
    context = booking_context(booking) | _money(booking)
    if context["money"].has_open_payment:
        return render(request, "bookings/partials/waiting.html", context)
    return HttpResponse(status=HTTP_STOP_POLLING, headers={"HX-Refresh": "true"})


@require_safe
@booking_page
def calendar_file(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Hand out the stay as a calendar file."""
    return HttpResponse(
        booking_ical(booking),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{booking.reference}.ics"'},
    )


def _money(booking: Booking) -> dict[str, Any]:
    return {
        "money": folio_money(folio_id=booking.folio_id),
        "payments": payments_for_folio(folio_id=booking.folio_id),
        "invoices": list(invoices_of_folio(folio_id=booking.folio_id)),
        "options": payment_options(booking=booking),
    }
