"""A booked space as its guest sees it, whatever its state; and the guest who has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings.models import SpaceBooking
from bookings.selectors.spaces import (
    series_of,
    space_cancellation,
    space_payment_options,
    waits_for_money,
)
from bookings.services.space_feeds import space_booking_ical
from bookings.services.spaces import space_booking_check_in
from bookings.services.spaces.attending import CHECK_IN_MINUTES_BEFORE
from bookings.space_terms import free_until, is_settled
from bookings.space_transitions import AGREED_STATUSES, OPEN_STATUSES
from core.exceptions import DomainError
from payments.selectors import folio_money, payments_for_folio

from .access import space_booking_page, user_of


@require_safe
@space_booking_page
def space_booking(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Show reference, time, price, state, and what can be done now."""
    return render(request, "spaces/booking.html", space_context(booking))


@require_safe
@space_booking_page
def space_ical(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Hand out the time as a calendar file."""
    return HttpResponse(
        space_booking_ical(booking),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{booking.reference}.ics"'},
    )


@require_POST
@space_booking_page
def space_check_in(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """The guest is here."""
    try:
        space_booking_check_in(booking_id=booking.pk, actor=user_of(request))
        messages.success(request, _("You are checked in. Welcome!"))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("bookings:space_booking", booking.reference)


def space_context(booking: SpaceBooking) -> dict[str, Any]:
    """The booking with its money, its series, and what may be done now."""
    at = timezone.now()
    is_open = booking.status in OPEN_STATUSES
    money = folio_money(folio_id=booking.folio_id) if booking.folio_id is not None else None
    may_check_in = (
        booking.status in AGREED_STATUSES
        and is_settled(booking)
        and booking.start - timedelta(minutes=CHECK_IN_MINUTES_BEFORE) <= at < booking.end
    )
    return {
        "booking": booking,
        "property": booking.property,
        "space": booking.space,
        "money": money if booking.stay_id is None else None,
        "payments": payments_for_folio(folio_id=booking.folio_id)
        if booking.folio_id is not None and booking.stay_id is None
        else [],
        "options": space_payment_options(booking=booking, money=money),
        "waits_for_money": waits_for_money(booking),
        "is_over": waits_for_money(booking)
        and booking.hold_expires_at is not None
        and booking.hold_expires_at <= at,
        "occurrences": series_of(booking),
        "preview": space_cancellation([booking], at=at) if is_open else None,
        "free_until": free_until(booking),
        "may_change": is_open and booking.start > at,
        "may_check_in": may_check_in,
    }
