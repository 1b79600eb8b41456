"""The second step: who comes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.models import ConsentPurpose, ConsentWay, User
from bookings.exceptions import EditConflict, GuestInvalid
from bookings.forms import GuestForm
from bookings.models import Booking
from bookings.services import booking_guest_set, guest_stands

from .access import booking_page
from .context import booking_context, conflict_show, hold_is_running, not_waiting_response


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def guest(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Ask who comes while the rooms are held; POST writes it and goes on to payment."""
    if not hold_is_running(booking):
        return not_waiting_response(request, booking)
    form = GuestForm(request.POST or None, initial=GuestForm.initial_for(booking))
    if form.is_valid():
        details = form.guest(language=get_language() or booking.language)
        try:
            booking_guest_set(
                booking_id=booking.pk,
                guest=details,
                actor=request.user if isinstance(request.user, User) else None,
                version=form.cleaned_data["version"],
                terms=ConsentWay.PAGE,
            )
        except GuestInvalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        except EditConflict as error:
            booking.refresh_from_db()
            if guest_stands(booking, details):  # the first press of the same button
                return redirect("bookings:pay", booking.reference)
            conflict_show(form, error)
        else:
            return redirect("bookings:pay", booking.reference)
    context = {
        **booking_context(booking),
        "form": form,
        "terms_version": settings.CONSENT_VERSIONS[ConsentPurpose.TERMS],
    }
    return render(request, "bookings/guest.html", context, status=422 if form.errors else 200)
