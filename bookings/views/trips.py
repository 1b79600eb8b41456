"""A guest's trip: itinerary, what belongs to it, and the addresses to hand on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from bookings.calendars import trip_ical
from bookings.exceptions import BookingNotFound, TripNotFound
from bookings.forms import TripForm, TripShareForm
from bookings.itinerary import itinerary
from bookings.models import Booking, Trip
from bookings.selectors import booking_for_access
from bookings.selectors.trips import (
    CALENDAR,
    SHARE,
    trip_by_secret,
    trip_calendar_url,
    trip_currencies,
    trip_payment_options,
    trip_share_url,
    trip_stays,
    trip_totals,
)
from bookings.services.trips import (
    trip_booking_add,
    trip_booking_remove,
    trip_calendar_set,
    trip_change,
    trip_create,
    trip_delete,
    trip_share_set,
)
from core.api.throttling import rate_limited
from core.exceptions import DomainError
from core.references import reference_normalise, token_matches

from .access import SESSION_KEY
from .context import search_again
from .trip_access import trip_adding_begin, trip_adding_end, trip_page, trip_remember


@require_safe
@trip_page
def trip(request: HttpRequest, trip: Trip) -> HttpResponse:
    """Show the itinerary, the money, and what can be done."""
    context = {
        **trip_context(trip),
        "form": TripForm(initial={"title": trip.title, "notes": trip.notes}),
        "share_form": TripShareForm(initial={"prices": trip.shares_prices, "guests": trip.shares_guests}),
        "share_url": trip_share_url(trip),
        "calendar_url": trip_calendar_url(trip),
    }
    return render(request, "bookings/trip.html", context)


@require_POST
@never_cache
def trip_new(request: HttpRequest) -> HttpResponse:
    """Make a trip of the bookings that were chosen, and go on to it or to the search for more."""
    bookings = [_booking(request, reference) for reference in request.POST.getlist("booking")[:30]]
    try:
        made = trip_create(
            user=request.user if isinstance(request.user, User) else None,
            booking_ids=[booking.pk for booking in bookings],
            title=request.POST.get("title", ""),
        )
    except DomainError as error:
        messages.error(request, str(error.message))
        return (
            redirect("bookings:detail", bookings[0].reference) if bookings else redirect("bookings:dashboard")
        )
    trip_remember(request, made)
    if request.POST.get("next") == "search":
        trip_adding_begin(request, made)
        return redirect(_search_url(bookings))
    return redirect("bookings:trip", made.reference)


@require_POST
@trip_page
def trip_do(request: HttpRequest, trip: Trip) -> HttpResponse:
    """Do what a button of the trip's page asks for."""
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise Http404
    try:
        answer = action(request, trip)
    except DomainError as error:
        messages.error(request, str(error.message))
        answer = None
    return answer or redirect("bookings:trip", trip.reference)


@require_POST
@never_cache
def trip_stop(request: HttpRequest) -> HttpResponse:
    """Stop adding to a trip."""
    trip_adding_end(request)
    return redirect("inventory:search")


@require_safe
@never_cache
def trip_shared(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    """Show the itinerary to who has its address, with no more than the owner has chosen; nobody indexes it."""
    response = render(request, "bookings/trip_shared.html", trip_context(_trip_by(SHARE, reference, secret)))
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@rate_limited("calendar_feed")
def trip_calendar(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    """Hand the trip's stays to a calendar program that knows the secret address."""
    found = _trip_by(CALENDAR, reference, secret)
    bookings = [stay.booking for stay in trip_stays(trip=found)]
    return HttpResponse(
        trip_ical(found, bookings),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"},
    )


def trip_context(trip: Trip) -> dict[str, Any]:
    """A trip as its pages show it. Two queries."""
    stays = trip_stays(trip=trip)
    return {
        "trip": trip,
        "stays": stays,
        "days": itinerary(stays),
        "totals": trip_totals(stays),
        "currencies": trip_currencies(stays),
        "options": trip_payment_options(stays),
        "needs_guest": [stay for stay in stays if stay.needs_guest and stay.is_payable],
        "has_open_payment": any(stay.money.has_open_payment for stay in stays),
    }


def _add(request: HttpRequest, trip: Trip) -> HttpResponse | None:
    """Add bookings that are there, or go and search for another."""
    references = request.POST.getlist("booking")
    for reference in references[:30]:
        trip_booking_add(trip_id=trip.pk, booking_id=_booking(request, reference).pk)
    if references:
        return None
    trip_adding_begin(request, trip)
    return redirect(_search_url([stay.booking for stay in trip_stays(trip=trip)]))


def _remove(request: HttpRequest, trip: Trip) -> None:
    reference = reference_normalise(request.POST.get("booking", ""))
    found = trip.bookings.filter(reference=reference).first()
    if found is not None:
        trip_booking_remove(trip_id=trip.pk, booking_id=found.pk)


def _change(request: HttpRequest, trip: Trip) -> None:
    form = TripForm(request.POST)
    if form.is_valid():
        trip_change(trip_id=trip.pk, title=form.cleaned_data["title"], notes=form.cleaned_data["notes"])


def _share(request: HttpRequest, trip: Trip) -> None:
    form = TripShareForm(request.POST)
    form.is_valid()
    trip_share_set(
        trip_id=trip.pk,
        is_shared=True,
        shares_prices=form.cleaned_data["prices"],
        shares_guests=form.cleaned_data["guests"],
    )


def _unshare(request: HttpRequest, trip: Trip) -> None:
    trip_share_set(trip_id=trip.pk, is_shared=False)
    messages.success(request, _("The old address does not work any more."))


def _calendar_on(request: HttpRequest, trip: Trip) -> None:
    trip_calendar_set(trip_id=trip.pk, is_published=True)


def _calendar_off(request: HttpRequest, trip: Trip) -> None:
    trip_calendar_set(trip_id=trip.pk, is_published=False)
    messages.success(request, _("The old address does not work any more."))


def _delete(request: HttpRequest, trip: Trip) -> HttpResponse:
    trip_delete(trip_id=trip.pk)
    trip_adding_end(request)
    messages.success(request, _("The trip is gone; its bookings are still there."))
    return redirect("bookings:dashboard" if request.user.is_authenticated else "bookings:lookup")


ACTIONS: dict[str, Callable[[HttpRequest, Trip], HttpResponse | None]] = {
    "add": _add,
    "remove": _remove,
    "change": _change,
    "share": _share,
    "unshare": _unshare,
    "calendar": _calendar_on,
    "no-calendar": _calendar_off,
    "delete": _delete,
}


def _booking(request: HttpRequest, reference: str) -> Booking:
    """A booking that this request may see as its guest."""
    token = request.session.get(SESSION_KEY, {}).get(reference_normalise(reference))
    try:
        booking = booking_for_access(reference=reference, user=request.user, token=token)
    except BookingNotFound as error:
        raise Http404 from error
    is_guest = booking.user_id is not None and booking.user_id == request.user.pk
    if not is_guest and not token_matches(token or "", booking.access_token_hash):
        raise Http404  # staff see it, but it is not theirs
    return booking


def _trip_by(purpose: str, reference: str, secret: str) -> Trip:
    try:
        return trip_by_secret(purpose=purpose, reference=reference, secret=secret)
    except TripNotFound as error:
        raise Http404 from error


def _search_url(bookings: list[Booking]) -> str:
    """The search, with the place, the nights and the party of the last stay to begin with."""
    if not bookings:
        return reverse("inventory:search")
    last = max(bookings, key=lambda booking: (booking.created_at, booking.pk))
    query = search_again(last)
    query["where"] = last.property.city
    return f"{reverse('inventory:search')}?{query.urlencode()}"
