"""An offer's page: what is kept for the guest, and the buttons that take it or not. Works from the mail alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.selectors import booking_by_reference, payment_options
from bookings.transitions import BookingStatus
from bookings.views.access import booking_remember
from core.api.throttling import rate_limited
from core.dates import StayDates
from core.exceptions import DomainError
from waitlist.forms import ACCEPT, DECLINE, DECLINE_AND_WAIT, AnswerForm
from waitlist.models import WaitlistOffer
from waitlist.services import offer_accept, offer_decline
from waitlist.transitions import OfferStatus

from .access import guest_asks, offer_of_request, token_put_away


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what is offered until when, and ask; POST answers. Looking at it, as mail scanners do, changes nothing."""
    found = offer_of_request(request, reference)
    if response := token_put_away(request, found.reference, keep=("answer",)):
        return response
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            return _answer(request, found, form.cleaned_data["answer"])
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("waitlist:offer", found.reference)
    if found.status == OfferStatus.ACCEPTED and guest_asks(request, found):
        booking_remember(request, found.booking)
    is_open = found.status == OfferStatus.OPEN and found.expires_at > timezone.now()
    return render(
        request, "waitlist/offer.html", _context(request, found, is_open), status=200 if is_open else 410
    )


def _context(request: HttpRequest, found: WaitlistOffer, is_open: bool) -> dict[str, Any]:
    booking = found.booking
    return {
        "offer": found,
        "booking": booking,
        "quote": booking.quote,
        "stay": StayDates(booking.arrival, booking.departure),
        "property": booking.property,
        "is_open": is_open,
        "has_alternatives": found.entry.has_alternatives(),
        "is_declining": request.GET.get("answer") == DECLINE,
        "answers": {"accept": ACCEPT, "decline": DECLINE, "wait": DECLINE_AND_WAIT},
    }


def _answer(request: HttpRequest, found: WaitlistOffer, answer: str) -> HttpResponse:
    """Do what the guest chose, and go on: to payment, to the confirmed booking, or back to the entry."""
    if answer != ACCEPT:
        offer_decline(offer_id=found.pk, keep_waiting=answer == DECLINE_AND_WAIT)
        messages.success(request, _("Thank you for telling us. The room goes to the next guest who waits."))
        return redirect("waitlist:offer", found.reference)
    offer_accept(offer_id=found.pk, user=request.user if isinstance(request.user, User) else None)
    booking = booking_by_reference(found.booking.reference)
    if guest_asks(request, found):
        booking_remember(request, booking)
    if booking.status == BookingStatus.HELD and payment_options(booking=booking):
        return redirect("bookings:pay", booking.reference)
    return redirect("bookings:detail", booking.reference)
