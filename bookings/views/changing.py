"""Changing a stay: choose, see old and new side by side, then pay or confirm."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.change_pages import compared_amounts, compared_rows
from bookings.change_rules import guest_change_refusal
from bookings.forms import ChangeConfirmForm, ChangeForm
from bookings.models import Booking
from bookings.services import booking_change, change_preview, change_withdraw
from core.api.throttling import rate_limited
from core.exceptions import DomainError
from inventory.selectors import catalogue_get

from .access import booking_page
from .context import booking_context


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
@booking_page
def change(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Ask what the stay is to become and show what that comes to; POST does exactly that, or lets it be paid first."""
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, booking)
    given = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(given, booking=booking, catalogue=catalogue_get(property_id=booking.property_id))
    error = guest_change_refusal(booking, at=timezone.now())
    if error is None and request.method == "POST" and form.is_valid():
        try:
            return _change(request, booking, form)
        except DomainError as refused:
            error = refused
            booking = type(booking).objects.with_summary().get(pk=booking.pk)
    context = _context(request, booking, form) | {"error": error}
    return render(request, "bookings/change.html", context, status=_status(request, form, error))


def _status(request: HttpRequest, form: ChangeForm, error: DomainError | None) -> int:
    if request.method == "POST" and error is not None:
        return error.http_status
    return 422 if form.is_asked and form.errors else 200


def _context(request: HttpRequest, booking: Booking, form: ChangeForm) -> dict[str, Any]:
    context = {**booking_context(booking), "form": form, "key": secrets.token_urlsafe(24)}
    if form.is_asked and form.is_valid():
        wanted = form.change()
        preview = change_preview(booking=booking, change=wanted, actor=_user(request), as_staff=False)
        context |= {
            "preview": preview,
            "rows": compared_rows(booking, wanted, names=form.names),
            "amounts": compared_amounts(booking, preview),
        }
    return context


def _change(request: HttpRequest, booking: Booking, form: ChangeForm) -> HttpResponse:
    confirmed = ChangeConfirmForm(request.POST)
    if not confirmed.is_valid():
        return redirect("bookings:change", booking.reference)
    agreed = confirmed.cleaned_data
    changed = booking_change(
        booking_id=booking.pk,
        change=form.change(),
        expected_total=agreed["expected_total"],
        expected_fee=agreed["expected_fee"],
        expected_version=agreed["version"],
        actor=_user(request),
        as_staff=False,
        key=agreed["key"],
    )
    if changed.pending_change_id is not None:
        return redirect("bookings:pay", booking.reference)
    messages.success(request, _("Your booking is changed."))
    return redirect("bookings:detail", booking.reference)


def _withdraw(request: HttpRequest, booking: Booking) -> HttpResponse:
    try:
        change_withdraw(booking_id=booking.pk)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your booking stays as it is."))
    return redirect("bookings:detail", booking.reference)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
