"""Booking a space: the wish, what it costs and what stands in its way, and then the sending."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import ConsentPurpose, ConsentWay
from bookings.forms.spaces import (
    SpaceGuestForm,
    SpaceSendForm,
    SpaceTimeForm,
    instant_read,
    minutes_label,
)
from bookings.models import BookingChannel, SpaceBooking
from bookings.selectors.spaces import (
    series_preview,
    space_starts,
    stays_for_bill,
    waits_for_money,
    wish_check,
)
from bookings.services.spaces import space_book, space_series_book
from bookings.space_types import BookedSpace
from core.api.throttling import rate_limited
from core.dates import property_now
from core.exceptions import DomainError, NotFound
from core.idempotency import IdempotencyClaim, IdempotencyInProgress
from core.money import format_money
from inventory.hourly import Period
from inventory.models import Space
from inventory.selectors.spaces import space_by_slug, space_price

from .access import space_remember, user_of
from .once import keys_prepare, send_once, sent_before

MINUTES_DIGITS_MAX = 5
"""Of minutes that somebody may send: a week has 10,080."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("sensitive")
def space_new(request: HttpRequest, slug: str, space_slug: str) -> HttpResponse:
    """Ask how long, for whom and how often; POST shows the price and every conflict, and a second POST books."""
    try:
        space = space_by_slug(property_slug=slug, slug=space_slug)
    except NotFound as error:
        raise Http404 from error
    start = instant_read(request.POST.get("start") or request.GET.get("start") or "")
    lengths = lengths_for(space, start, at=timezone.now()) if start else []
    sent = sent_before(request)
    if sent is not None:
        return _booked(request, sent)
    if start is None or not (lengths := lengths or _length_sent(request)):
        return redirect("bookings:space", slug, space_slug)
    return form_or_send(request, space=space, start=start, lengths=lengths)


def form_or_send(
    request: HttpRequest, *, space: Space, start: datetime, lengths: list[tuple[int, str]]
) -> HttpResponse:
    """The form, the review of it, or the booking."""
    user = user_of(request)
    length = timedelta(minutes=lengths[0][0])
    stays = [
        (stay.reference, f"{stay.reference} · {stay.arrival:%Y-%m-%d} – {stay.departure:%Y-%m-%d}")
        for stay in stays_for_bill(house=space.property, period=Period(start, start + length), user=user)
    ]
    initial = {"start": start.isoformat()}
    known = {"name": user.full_name, "email": user.email, "phone": str(user.phone or "")} if user else {}
    form = SpaceTimeForm(request.POST or None, space=space, lengths=lengths, initial=initial)
    guest = SpaceGuestForm(request.POST or None, stays=stays, initial=known)
    context: dict[str, Any] = {
        "property": space.property,
        "space": space,
        "start": start,
        "form": form,
        "guest": guest,
    }
    is_valid = form.is_valid() and guest.is_valid()
    if not is_valid or "edit" in request.POST:
        return render(
            request, "spaces/book.html", context, status=422 if form.errors or guest.errors else 200
        )
    send = SpaceSendForm(request.POST)
    if "send" not in request.POST or not send.is_valid():
        return review(request, context)
    try:
        return _send(request, space, form=form, guest=guest, send=send)
    except DomainError as error:
        return review(
            request, context | {"error": error, "key": _key_again(send, error)}, status=error.http_status
        )


def review(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """What would be booked, every occurrence of it, before anything is sent."""
    space, form = context["space"], context["form"]
    try:
        if form.series is not None:
            preview = series_preview(space, form.series)
            context |= {"preview": preview, "total": preview.total}
        else:
            quote = wish_check(
                space,
                form.wish.period,
                at=timezone.now(),
                persons=form.wish.persons,
                equipment=form.wish.equipment,
            )
            context |= {"quote": quote, "total": quote.total, "period": form.wish.period}
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return render(request, "spaces/book.html", context, status=error.http_status)
    keys_prepare(request)
    context["terms_version"] = settings.CONSENT_VERSIONS[ConsentPurpose.TERMS]
    context["key"] = context.get("key") or secrets.token_urlsafe(24)
    return render(request, "spaces/review.html", context, status=status)


def lengths_for(
    space: Space, start: datetime, *, at: datetime, is_staff: bool = False
) -> list[tuple[int, str]]:
    """How long a booking may be that begins at an instant, each with its price; none where it cannot begin."""
    day = property_now(space.property.time_zone, start).date()
    found = next(
        (one for one in space_starts(space, day=day, at=at, is_staff=is_staff) if one.start == start), None
    )
    if found is None:
        return []
    lengths = []
    step = space.step_minutes
    for minutes in range(-(-space.min_minutes // step) * step, found.max_minutes + 1, step):
        quote = space_price(space, Period(start, start + timedelta(minutes=minutes)))
        price = "" if quote.is_free else f" · {format_money(quote.total, quote.currency)}"
        lengths.append((minutes, f"{minutes_label(minutes)}{price}"))
    return lengths


def _length_sent(request: HttpRequest) -> list[tuple[int, str]]:
    """The length that is sent for a time that is taken: maybe by the first press of the same button."""
    minutes = request.POST.get("minutes", "")
    is_number = minutes.isascii() and minutes.isdecimal() and len(minutes) <= MINUTES_DIGITS_MAX
    if "send" not in request.POST or not is_number or not int(minutes):
        return []
    return [(int(minutes), minutes_label(int(minutes)))]


def _send(
    request: HttpRequest, space: Space, *, form: SpaceTimeForm, guest: SpaceGuestForm, send: SpaceSendForm
) -> HttpResponse:
    """Book once per key, so that a second click on the button finds the first one's booking."""
    booking = send_once(
        request,
        send=send,
        book=lambda claim: _book(request, space, form=form, guest=guest, send=send, claim=claim),
    )
    return _booked(request, booking)


def _booked(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    """To the payment, or to the booking."""
    space_remember(request, booking)
    return redirect(
        "bookings:space_pay" if waits_for_money(booking) else "bookings:space_booking", booking.reference
    )


def _key_again(send: SpaceSendForm, error: DomainError) -> str:
    """While the first press is at work, the next one asks for the same thing; otherwise the review is a new one."""
    return send.cleaned_data["key"] if isinstance(error, IdempotencyInProgress) else ""


def _book(
    request: HttpRequest,
    space: Space,
    *,
    form: SpaceTimeForm,
    guest: SpaceGuestForm,
    send: SpaceSendForm,
    claim: IdempotencyClaim,
) -> BookedSpace:
    user = user_of(request)
    stay_id = None
    if guest.cleaned_data.get("stay"):
        stays = stays_for_bill(house=space.property, period=form.wish.period, user=user)
        stay_id = next((one.pk for one in stays if one.reference == guest.cleaned_data["stay"]), None)
    common: dict[str, Any] = {
        "guest": guest.guest(language=get_language() or ""),
        "user": user,
        "actor": user,
        "channel": BookingChannel.WEB,
        "expected_total": send.cleaned_data["expected_total"],
        "stay_id": stay_id,
        "idempotency": claim,
        "terms": ConsentWay.PAGE,
    }
    if form.series is None:
        return space_book(wish=form.wish, **common)
    return space_series_book(wish=form.series, skip_conflicts=send.cleaned_data["skip_conflicts"], **common)
