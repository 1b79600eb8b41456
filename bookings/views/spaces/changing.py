"""Another time, or none: with what it costs in sight before it is sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.forms.spaces import SCOPES, SpaceCancelForm, SpaceChangeForm
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_cancellation, space_change_preview, space_series_part
from bookings.services.spaces import space_booking_cancel, space_booking_change
from bookings.space_transitions import OPEN_STATUSES
from bookings.space_types import SpaceChange
from core.dates import property_now
from core.exceptions import DomainError
from inventory.hourly import instant_of
from inventory.selectors.spaces import space_get

from .access import space_booking_page, user_of


@require_http_methods(["GET", "HEAD", "POST"])
@space_booking_page
def space_cancel(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Show what cancelling costs now and what goes back; POST cancels at exactly that fee."""
    if booking.status not in OPEN_STATUSES:
        return redirect("bookings:space_booking", booking.reference)
    scope = request.POST.get("scope") or request.GET.get("scope") or "one"
    scope = scope if scope in dict(SCOPES) else "one"
    form = SpaceCancelForm(request.POST or None, initial={"scope": scope})
    error: DomainError | None = None
    if form.is_valid():
        try:
            space_booking_cancel(
                booking_id=booking.pk,
                actor=user_of(request),
                scope=scope,
                expected_fee=form.cleaned_data["expected_fee"],
                reason=form.cleaned_data["reason"],
            )
        except DomainError as refused:
            error = refused
        else:
            messages.success(request, _("Your booking is cancelled."))
            return redirect("bookings:space_booking", booking.reference)
    at = timezone.now()
    part = space_series_part(booking, scope=scope, at=at) or [booking]
    context = {
        "booking": booking,
        "property": booking.property,
        "space": booking.space,
        "form": form,
        "scope": scope,
        "scopes": SCOPES if booking.series_id else (),
        "part": part,
        "preview": space_cancellation(part, at=at),
        "error": error,
    }
    return render(request, "spaces/cancel.html", context, status=error.http_status if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@space_booking_page
def space_change(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """Ask for another time or other details; POST shows what it does and costs, and a second POST does it."""
    if booking.status not in OPEN_STATUSES or booking.start <= timezone.now():
        return redirect("bookings:space_booking", booking.reference)
    form = SpaceChangeForm(request.POST or None, initial=change_initial(booking))
    context: dict[str, Any] = {
        "booking": booking,
        "property": booking.property,
        "space": booking.space,
        "form": form,
        "is_series": booking.series_id is not None,
    }
    if not form.is_valid():
        return render(request, "spaces/change.html", context, status=422 if form.is_bound else 200)
    try:
        change = change_of(booking, form)
        if "send" in request.POST:
            space_booking_change(
                booking_id=booking.pk,
                change=change,
                actor=user_of(request),
                scope=form.cleaned_data["scope"] or "one",
                expected_total=form.cleaned_data["expected_total"],
                expected_version=form.cleaned_data["version"],
                skip_conflicts=form.cleaned_data["skip_conflicts"],
            )
            messages.success(request, _("Your booking is changed."))
            return redirect("bookings:space_booking", booking.reference)
        context["preview"] = change_preview(booking, form, change)
    except DomainError as error:
        form.add_error(None, str(error.message))
        return render(request, "spaces/change.html", context, status=error.http_status)
    return render(request, "spaces/change.html", context)


def change_initial(booking: SpaceBooking) -> dict[str, Any]:
    """What the form shows of a booking as it is."""
    local = property_now(booking.property.time_zone, booking.start)
    return {
        "day": local.date(),
        "begins": local.time(),
        "second": bool(local.fold),
        "minutes": int((booking.end - booking.start).total_seconds() // 60),
        "persons": booking.persons,
        "purpose": booking.purpose,
        "scope": "one",
        "version": booking.version,
    }


def change_of(booking: SpaceBooking, form: SpaceChangeForm) -> SpaceChange:
    """The change that the form means. Raises `TimeSkipped` for a time that the clock never shows that day."""
    data = form.cleaned_data
    start = instant_of(
        data["day"], data["begins"], booking.property.time_zone, second=bool(data.get("second"))
    )
    return SpaceChange(start=start, minutes=data["minutes"], persons=data["persons"], purpose=data["purpose"])


def change_preview(
    booking: SpaceBooking, form: SpaceChangeForm, change: SpaceChange, *, is_staff: bool = False
) -> Any:
    """What the change would do to everything in its scope."""
    at = timezone.now()
    scope = form.cleaned_data["scope"] or "one"
    return space_change_preview(
        space=space_get(space_id=booking.space_id),
        named=booking,
        bookings=space_series_part(booking, scope=scope, at=at) or [booking],
        change=change,
        at=at,
        is_staff=is_staff,
    )
