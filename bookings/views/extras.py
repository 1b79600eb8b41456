"""Add to my stay: breakfast, parking, whatever the house lets guests order before they arrive."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.forms.extras import OrderForm
from bookings.models import Booking
from bookings.selectors.extras import extra_charges, extras_offered
from bookings.services.extras import extra_order, extras_orderable
from core.exceptions import DomainError

from .access import booking_page
from .context import booking_context


@require_http_methods(["GET", "HEAD", "POST"])
@booking_page
def extras(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Offer the extras of a confirmed stay; another stay has none to offer, and its page says why."""
    if not extras_orderable(booking, at=timezone.now()):
        return redirect("bookings:detail", booking.reference)
    offers = extras_offered(booking=booking, for_guest=True)
    form = OrderForm(request.POST or None, offers=offers)
    if request.method == "POST" and form.is_valid():
        user = request.user if isinstance(request.user, User) else None
        try:
            extra_order(booking_id=booking.pk, user=user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("It was added to your stay."))
            return redirect("bookings:extras", booking.reference)
    context = {
        **booking_context(booking),
        "offers": offers,
        "form": form,
        "charges": extra_charges(folio_id=booking.folio_id),
    }
    return render(request, "bookings/extras.html", context, status=422 if form.errors else 200)
