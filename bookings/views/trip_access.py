"""Which trip a request may see, and to which one it adds what it books."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.models import User
from bookings.exceptions import TripNotFound
from bookings.models import Booking, Trip
from bookings.selectors.trips import trip_access_token, trip_for_access
from bookings.services.trips import trip_booking_add
from core.exceptions import DomainError
from core.references import reference_normalise

TOKENS_KEY = "trips"
ADDING_KEY = "trip"
TOKENS_MAX = 20

P = ParamSpec("P")


def trip_of_request(request: HttpRequest, reference: str, *, token: str | None = None) -> Trip:
    """The trip, for its user or by a token, else that of this session. One query. Raises `TripNotFound`."""
    token = token or request.session.get(TOKENS_KEY, {}).get(reference_normalise(reference))
    user = request.user if isinstance(request.user, User) else None
    return trip_for_access(reference=reference, user=user, token=token)


def trip_page(
    view: Callable[Concatenate[HttpRequest, Trip, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the trip of the address, or answer 404; such pages are stored nowhere.

    A token in the address, as mails have it, moves into the session at once, so that it is neither bookmarked nor
    sent on.
    """

    @functools.wraps(view)
    def with_trip(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("token")
        try:
            trip = trip_of_request(request, reference, token=asked)
        except TripNotFound as error:
            raise Http404 from error
        if asked and request.method == "GET":
            trip_remember(request, trip)
            return redirect(request.path)
        return view(request, trip, *args, **kwargs)

    return never_cache(with_trip)


def trip_of_booking(request: HttpRequest, booking: Booking) -> Trip | None:
    """The trip that a booking belongs to, for who may open it. Up to two queries, none without a trip."""
    if booking.trip is None:
        return None
    try:
        return trip_of_request(request, booking.trip.reference)
    except TripNotFound:
        return None


def trip_remember(request: HttpRequest, trip: Trip) -> None:
    """Let this session open a trip that has no account."""
    if trip.user_id is not None:
        return
    tokens: dict[str, Any] = request.session.get(TOKENS_KEY, {})
    tokens[trip.reference] = trip_access_token(trip)
    request.session[TOKENS_KEY] = dict(list(tokens.items())[-TOKENS_MAX:])


def trip_adding_begin(request: HttpRequest, trip: Trip) -> None:
    """From now on what is booked in this session goes into the trip."""
    request.session[ADDING_KEY] = {"reference": trip.reference, "title": trip.title}


def trip_adding_end(request: HttpRequest) -> None:
    """What is booked from now on stands for itself."""
    request.session.pop(ADDING_KEY, None)


def trip_take(request: HttpRequest, booking: Booking) -> None:
    """Put a booking just made into the trip that the session adds to; a trip that is gone is forgotten."""
    adding = request.session.get(ADDING_KEY)
    if not adding:
        return
    try:
        trip = trip_of_request(request, adding["reference"])
        trip_booking_add(trip_id=trip.pk, booking_id=booking.pk)
        trip_remember(request, trip)
    except DomainError:
        trip_adding_end(request)
