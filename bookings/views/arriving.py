"""Checking in ahead: the guest tells when they come, from the link in the mail before the stay."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.exceptions import EditConflict, GuestInvalid
from bookings.forms.arrival import ArrivalForm
from bookings.models import Booking
from bookings.services import booking_guest_set
from bookings.transitions import BookingStatus

from .access import booking_page
from .context import booking_context, conflict_show


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def arrival(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Ask when a guest of a confirmed stay comes; another stay has nothing to ask, and its page says why."""
    if booking.status != BookingStatus.CONFIRMED:
        return redirect("bookings:detail", booking.reference)
    form = ArrivalForm(request.POST or None, initial=ArrivalForm.initial_for(booking))
    if form.is_valid():
        try:
            booking_guest_set(
                booking_id=booking.pk,
                guest=form.guest(booking),
                actor=request.user if isinstance(request.user, User) else None,
                version=form.cleaned_data["version"],
            )
        except GuestInvalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        except EditConflict as error:
            conflict_show(form, error)
        else:
            messages.success(request, _("Thank you. The house knows when you come."))
            return redirect("bookings:detail", booking.reference)
    context = {**booking_context(booking), "form": form}
    return render(request, "bookings/arrival.html", context, status=422 if form.errors else 200)
