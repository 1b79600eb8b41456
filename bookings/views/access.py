"""Which booking a request may see: by log-in, by a token in its session, or by the token of a mail's link."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from bookings.access import access_token_of
from bookings.exceptions import BookingNotFound
from bookings.models import Booking
from bookings.selectors import booking_for_access
from core.references import reference_normalise

SESSION_KEY = "bookings"
SESSION_MAX_BOOKINGS = 20

P = ParamSpec("P")


def booking_remember(request: HttpRequest, booking: Booking) -> None:
    """Let this session open the booking from now on; the oldest of more than twenty is forgotten."""
    tokens: dict[str, Any] = request.session.get(SESSION_KEY, {})
    tokens.pop(booking.reference, None)
    tokens[booking.reference] = access_token_of(booking)
    request.session[SESSION_KEY] = dict(list(tokens.items())[-SESSION_MAX_BOOKINGS:])


def booking_page(
    view: Callable[Concatenate[HttpRequest, Booking, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the booking of the address, or answer 404: a foreign one looks like one that does not exist.

    A token in the address moves into the session at once, so that it is neither bookmarked nor sent on. Such pages
    are never stored by a browser or a proxy.
    """

    @functools.wraps(view)
    def with_booking(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("token")
        token = asked or request.session.get(SESSION_KEY, {}).get(reference_normalise(reference))
        try:
            booking = booking_for_access(reference=reference, user=request.user, token=token)
        except BookingNotFound as error:
            raise Http404 from error
        if asked and request.method == "GET":
            booking_remember(request, booking)
            return redirect(request.path)
        return view(request, booking, *args, **kwargs)

    return never_cache(with_booking)
