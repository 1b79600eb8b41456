"""Finding one's bookings: the list of an account, and reference with e-mail address for everybody else."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from bookings.exceptions import BookingNotFound
from bookings.forms import LookupForm
from bookings.selectors import BOOKING_GROUPS, booking_for_access, bookings_for_user
from core.api.throttling import rate_limited
from core.dashboard import dashboard_parts
from core.numbers import whole_number

from .access import booking_remember

GROUP_LABELS = {"upcoming": _("Upcoming"), "past": _("Past"), "cancelled": _("Cancelled")}


@require_safe
@never_cache
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show everything that is the guest's: stays, trips and what other apps have added."""
    parts = dashboard_parts(user=request.user, at=timezone.now(), request=request)
    return render(
        request,
        "bookings/dashboard.html",
        {
            "parts": [part for part in parts if part.area == "main"],
            "asides": [part for part in parts if part.area == "side"],
        },
    )


@require_safe
@never_cache
@login_required
def booking_list(request: HttpRequest) -> HttpResponse:
    """Show the account's bookings: upcoming, past or called off."""
    assert isinstance(request.user, User)
    asked = request.GET.get("show", "")
    group = next((known for known in BOOKING_GROUPS if known == asked), BOOKING_GROUPS[0])
    page = bookings_for_user(user=request.user, group=group, page=whole_number(request.GET.get("page")) or 1)
    tabs = [(known, GROUP_LABELS[known]) for known in BOOKING_GROUPS]
    return render(request, "bookings/list.html", {"page": page, "group": group, "tabs": tabs})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limited("sensitive")
def lookup(request: HttpRequest) -> HttpResponse:
    """Open a booking by its reference and e-mail address; both wrong and foreign ones get the same answer."""
    form = LookupForm(request.POST or None, initial={"reference": request.GET.get("reference", "")})
    if form.is_valid():
        try:
            booking = booking_for_access(
                reference=form.cleaned_data["reference"], email=form.cleaned_data["email"]
            )
        except BookingNotFound:
            form.add_error(
                None,
                _(
                    "No booking has this reference and e-mail address. Please compare both with your confirmation."
                ),
            )
        else:
            booking_remember(request, booking)
            return redirect("bookings:detail", booking.reference)
    return render(request, "bookings/lookup.html", {"form": form}, status=422 if form.errors else 200)
