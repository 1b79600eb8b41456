"""Which booking a request may see: by log-in, by a token in its session, or by the token of a mail's link."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.selectors import operation_require
from bookings.access import access_token_of
from bookings.exceptions import BookingNotFound
from bookings.models import Booking, SpaceBooking
from bookings.selectors import booking_for_access
from core.exceptions import PermissionDenied
from core.references import reference_normalise, token_matches

SESSION_KEY = "bookings"
SESSION_MAX_BOOKINGS = 20

P = ParamSpec("P")


def sender_check(
    request: HttpRequest, booking: Booking | SpaceBooking, token: str | None, operation: str | None
) -> None:
    """Refuse what staff send on a guest's page whose role may only look at the stay. Raises `PermissionDenied`.

    Without an ``operation`` nobody but the guest sends anything. Nothing is asked of the guest, who comes by log-in or
    token, nor of who only reads. One query for staff.
    """
    is_guest = booking.user_id is not None and booking.user_id == request.user.pk
    if (
        request.method == "POST"
        and not is_guest
        and not token_matches(token or "", booking.access_token_hash)
    ):
        if operation is None:
            raise PermissionDenied
        operation_require(request.user, booking.property_id, operation)


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

    A token in the address moves into the session at once, so that it is neither bookmarked nor sent on; a wrong one,
    with which staff may look all the same, makes nobody the guest. Such pages are never stored by a browser or a proxy.
    Staff may send what their role may do.
    """
    return _with_booking(view, operation="booking_change")


def guests_own_page(
    view: Callable[Concatenate[HttpRequest, Booking, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """The same for what only the guest may say; staff of the house look."""
    return _with_booking(view, operation=None)


def _with_booking(
    view: Callable[Concatenate[HttpRequest, Booking, P], HttpResponse], *, operation: str | None
) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def with_booking(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = request.GET.get("token")
        token = asked or request.session.get(SESSION_KEY, {}).get(reference_normalise(reference))
        try:
            booking = booking_for_access(reference=reference, user=request.user, token=token)
        except BookingNotFound as error:
            raise Http404 from error
        sender_check(request, booking, token, operation)
        if asked and request.method == "GET":
            if token_matches(asked, booking.access_token_hash):
                booking_remember(request, booking)
            return redirect(request.path)
        return view(request, booking, *args, **kwargs)

    return never_cache(with_booking)
