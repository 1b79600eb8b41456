"""The first step: the price in full, and the hold."""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.selectors import discount_for_user
from bookings.forms import HoldForm
from bookings.models import BookingChannel
from bookings.selectors import booking_by_reference
from bookings.services import booking_hold
from core.api.idempotency import request_hash
from core.api.throttling import rate_limited
from core.exceptions import DomainError, NotFound
from core.idempotency import Answer, IdempotencyClaim, IdempotencyInProgress, Replay, idempotency_claim
from inventory.exceptions import QuoteChanged
from inventory.forms import StayForm, stay_query
from inventory.selectors import catalogue_of_room_type, quote_get
from inventory.types import Quote

from .access import booking_remember
from .trip_access import trip_take

PRINCIPAL = "page:hold"
SECOND_CLICK_LOOKS = 20
SECOND_CLICK_SECONDS = 0.1


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def start(request: HttpRequest, room_type_id: int, rate_plan_id: int) -> HttpResponse:
    """Show what a stay costs, line by line; POST holds the rooms at exactly that price."""
    catalogue = catalogue_of_room_type(room_type_id=room_type_id)
    if catalogue is None or rate_plan_id not in catalogue.rate_plans:
        raise NotFound
    form = StayForm(request.GET)
    context: dict[str, Any] = {
        "property": catalogue.property,
        "room_type": catalogue.room_types[room_type_id],
        "rate_plan": catalogue.rate_plans[rate_plan_id],
        "form": form,
    }
    if not form.is_valid():
        return redirect("inventory:property", catalogue.property.slug)
    context |= {
        "stay": form.stay,
        "party": form.party,
        "stay_query": stay_query(stay=form.stay, party=form.party).urlencode(),
    }
    try:
        if request.method == "POST":
            return _hold(request, form, room_type_id=room_type_id, rate_plan_id=rate_plan_id)
        quote = _quote(request, form, room_type_id=room_type_id, rate_plan_id=rate_plan_id)
    except QuoteChanged as error:
        return _review(
            request, context, error.quote, status=409, changed_from=request.POST.get("expected_total")
        )
    except DomainError as error:
        context["error"] = error
        return render(request, "bookings/not_available.html", context, status=error.http_status)
    return _review(request, context, quote)


def _quote(request: HttpRequest, form: StayForm, *, room_type_id: int, rate_plan_id: int) -> Quote:
    return quote_get(
        room_type_id=room_type_id,
        rate_plan_id=rate_plan_id,
        stay=form.stay,
        party=form.party,
        discount_percent=discount_for_user(request.user),
    )


def _review(
    request: HttpRequest,
    context: dict[str, Any],
    quote: Quote,
    *,
    status: int = 200,
    changed_from: str | None = None,
) -> HttpResponse:
    context |= {
        "quote": quote.as_json(),
        "offer": quote,
        "key": secrets.token_urlsafe(24),
        "changed_from": changed_from,
    }
    return render(request, "bookings/start.html", context, status=status)


def _hold(request: HttpRequest, form: StayForm, *, room_type_id: int, rate_plan_id: int) -> HttpResponse:
    """Hold once per key, so that a second click on the button finds the first one's booking."""
    posted = HoldForm(request.POST)
    if not posted.is_valid():
        return redirect(request.get_full_path())
    claim = _claim(request, posted)
    if isinstance(claim, IdempotencyClaim):
        try:
            held = booking_hold(
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                stay=form.stay,
                party=form.party,
                expected_total=posted.cleaned_data["expected_total"],
                guest=None,
                user=request.user if isinstance(request.user, User) else None,
                actor=request.user if isinstance(request.user, User) else None,
                channel=BookingChannel.WEB,
                idempotency=claim,
            )
        except BaseException:
            claim.release()
            raise
        booking = held.booking
    else:
        booking = booking_by_reference(_replayed_reference(claim))
    booking_remember(request, booking)
    trip_take(request, booking)
    return redirect("bookings:guest", booking.reference)


def _replayed_reference(replay: Replay) -> str:
    return replay.body_json.strip('"')


def _claim(request: HttpRequest, posted: HoldForm) -> IdempotencyClaim | Replay:
    """Claim the page's key, or give what was held with it; the second click waits while the first is at work.

    The key alone says whose it is: no other page has it, and who comes for the first time has no session that both
    clicks could share.
    """
    for patience in reversed(range(SECOND_CLICK_LOOKS)):
        try:
            return idempotency_claim(
                principal=PRINCIPAL,
                key=posted.cleaned_data["key"],
                request_hash=request_hash(
                    "POST", request.get_full_path(), str(posted.cleaned_data["expected_total"])
                ),
                render=lambda held: Answer(302, held.booking.reference),
            )
        except IdempotencyInProgress:
            if not patience:
                raise
            time.sleep(SECOND_CLICK_SECONDS)
    raise AssertionError("every look returns or raises")
