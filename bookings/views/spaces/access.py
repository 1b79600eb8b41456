"""Which booking of a space a request may see: by log-in, by its session, or by the token of a mail's link."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.models import User
from bookings.models import SpaceBooking
from bookings.selectors.spaces import space_booking_for_access
from bookings.space_exceptions import SpaceBookingNotFound
from bookings.space_links import space_token_of
from bookings.views.access import sender_check
from core.references import reference_normalise, token_matches

SESSION_KEY = "space_bookings"
SESSION_MAX_BOOKINGS = 20

P = ParamSpec("P")


def space_remember(request: HttpRequest, booking: SpaceBooking) -> None:
    """Let this session open the booking from now on; the oldest of more than twenty is forgotten."""
    tokens: dict[str, Any] = request.session.get(SESSION_KEY, {})
    tokens.pop(booking.reference, None)
    tokens[booking.reference] = space_token_of(booking)
    request.session[SESSION_KEY] = dict(list(tokens.items())[-SESSION_MAX_BOOKINGS:])


def space_booking_page(
    view: Callable[Concatenate[HttpRequest, SpaceBooking, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the booking of the address, or answer 404; a token in the address moves into the session."""

    @functools.wraps(view)
    def with_booking(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("token")
        token = asked or request.session.get(SESSION_KEY, {}).get(reference_normalise(reference))
        try:
            booking = space_booking_for_access(reference=reference, user=request.user, token=token)
        except SpaceBookingNotFound as error:
            raise Http404 from error
        sender_check(request, booking, token, "space_book")
        if asked and request.method == "GET":
            if token_matches(asked, booking.access_token_hash):
                space_remember(request, booking)
            return redirect(request.path)
        return view(request, booking, *args, **kwargs)

    return never_cache(with_booking)


def user_of(request: HttpRequest) -> User | None:
    """Who is logged in, if anybody."""
    return request.user if isinstance(request.user, User) else None
