"""Calling a stay off, with the refund in sight before it is confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.exceptions import FeeChanged, TransitionNotAllowed
from bookings.forms import CancelForm
from bookings.models import Booking
from bookings.selectors import cancellation_preview
from bookings.services import booking_cancel
from bookings.transitions import BookingStatus, transition_allowed
from core.exceptions import DomainError

from .access import booking_page
from .context import booking_context


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def cancel(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Show what cancelling costs now and what goes back; POST cancels at exactly that fee."""
    if not transition_allowed(source=booking.status, target=BookingStatus.CANCELLED):
        return redirect("bookings:detail", booking.reference)
    form = CancelForm(request.POST or None)
    error: DomainError | None = None
    if form.is_valid():
        try:
            booking_cancel(
                booking_id=booking.pk,
                actor=request.user if isinstance(request.user, User) else None,
                expected_fee=form.cleaned_data["expected_fee"],
                reason=form.cleaned_data["reason"],
            )
        except FeeChanged as changed:
            error = changed
        except (
            TransitionNotAllowed
        ):  # it was called off a moment ago, maybe by the first press of the same button
            return redirect("bookings:detail", booking.reference)
        else:
            messages.success(request, _("Your booking is cancelled."))
            return redirect("bookings:detail", booking.reference)
    preview = cancellation_preview(booking=booking)
    context = {**booking_context(booking), "form": form, "preview": preview, "error": error}
    status = error.http_status if error else 422 if form.errors else 200
    return render(request, "bookings/cancel.html", context, status=status)
