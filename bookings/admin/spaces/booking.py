"""Booking a space for somebody: space, day, time, and then the same steps as guests have."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.scoping import actor_of
from bookings.forms.spaces import SpaceSendForm, SpaceTimeForm, StaffGuestForm, instant_read
from bookings.models import BookingChannel, SpaceBooking
from bookings.selectors.spaces import series_preview, space_starts, stays_for_bill, wish_check
from bookings.services.spaces import space_book, space_series_book
from bookings.space_exceptions import StayNotFitting
from bookings.space_types import BookedSpace
from bookings.views.spaces.booking import lengths_for
from bookings.views.spaces.once import send_once, sent_before
from core.dates import property_today
from core.exceptions import DomainError
from core.idempotency import IdempotencyClaim
from core.references import reference_normalise
from core.staff_pages import staff_page
from inventory.admin.houses import house_chosen
from inventory.hourly import Period
from inventory.models import Space
from inventory.selectors.spaces import spaces_of_property

from .permissions import MODEL, operations_of


@require_http_methods(["GET", "HEAD", "POST"])
def space_book_page(request: HttpRequest) -> HttpResponse:
    """Choose space, day and time, tell whose it is, look at price and conflicts, book."""
    choice = house_chosen(request, model=MODEL)
    if not operations_of(request, choice.house.pk)["may_space_book"]:
        raise PermissionDenied
    at = timezone.now()
    asked = request.POST.get("space") or request.GET.get("space")
    spaces = [
        one for one in spaces_of_property(property_id=choice.house.pk, include_inactive=True) if one.is_active
    ]
    space = next((one for one in spaces if str(one.pk) == asked), None)
    start = instant_read(request.POST.get("start") or request.GET.get("start") or "")
    context: dict[str, Any] = {
        "title": _("Book a space"),
        "choice": choice,
        "property": choice.house,
        "spaces": spaces,
        "space": space,
        "is_staff_page": True,
    }
    lengths = lengths_for(space, start, at=at, is_staff=True) if space and start else []
    sent = sent_before(request)
    if sent is not None:
        return _booked(request, sent)
    if space is None or start is None or not lengths:
        return _choose(request, context, at=at)
    return _form(request, context | {"start": start}, space=space, start=start, lengths=lengths)


def _choose(request: HttpRequest, context: dict[str, Any], *, at: datetime) -> HttpResponse:
    space = context["space"]
    zone = context["property"].time_zone
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = property_today(zone, at)
    context |= {
        "day": day,
        "starts": space_starts(space, day=day, at=at, is_staff=True) if space else [],
    }
    return staff_page(request, "admin/bookings/spaces/choose.html", context)


def _form(
    request: HttpRequest,
    context: dict[str, Any],
    *,
    space: Space,
    start: datetime,
    lengths: list[tuple[int, str]],
) -> HttpResponse:
    posted = request.POST or None
    form = SpaceTimeForm(posted, space=space, lengths=lengths, initial={"start": start.isoformat()})
    guest = StaffGuestForm(posted)
    context |= {"form": form, "guest": guest}
    if not (form.is_valid() and guest.is_valid()) or "edit" in request.POST:
        status = 422 if form.errors or guest.errors else 200
        return staff_page(request, "admin/bookings/spaces/book.html", context, status=status)
    send = SpaceSendForm(request.POST)
    try:
        if "send" in request.POST and send.is_valid():
            return _send(request, space, form=form, guest=guest, send=send)
        return _review(request, context, space=space, form=form)
    except DomainError as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error.message))
        return staff_page(request, "admin/bookings/spaces/book.html", context, status=error.http_status)


def _review(
    request: HttpRequest, context: dict[str, Any], *, space: Space, form: SpaceTimeForm
) -> HttpResponse:
    if form.series is not None:
        preview = series_preview(space, form.series, is_staff=True)
        context |= {"preview": preview, "total": preview.total}
    else:
        wish = form.wish
        quote = wish_check(
            space,
            wish.period,
            at=timezone.now(),
            persons=wish.persons,
            equipment=wish.equipment,
            is_staff=True,
        )
        context |= {"quote": quote, "total": quote.total, "period": wish.period}
    context["key"] = secrets.token_urlsafe(24)
    return staff_page(request, "admin/bookings/spaces/review.html", context)


def _send(
    request: HttpRequest, space: Space, *, form: SpaceTimeForm, guest: StaffGuestForm, send: SpaceSendForm
) -> HttpResponse:
    common: dict[str, Any] = {
        "guest": guest.guest(language=get_language() or ""),
        "user": None,
        "actor": actor_of(request),
        "channel": BookingChannel.STAFF,
        "expected_total": send.cleaned_data["expected_total"],
        "stay_id": _stay_id(space, form.wish.period, guest),
    }

    def book(claim: IdempotencyClaim) -> BookedSpace:
        if form.series is None:
            return space_book(wish=form.wish, idempotency=claim, **common)
        skip_conflicts = send.cleaned_data["skip_conflicts"]
        return space_series_book(wish=form.series, skip_conflicts=skip_conflicts, idempotency=claim, **common)

    return _booked(request, send_once(request, send=send, book=book))


def _booked(request: HttpRequest, booking: SpaceBooking) -> HttpResponse:
    messages.success(request, gettext("The space is booked."))
    return redirect("admin:space_booking", booking.reference)


def _stay_id(space: Space, period: Period, guest: StaffGuestForm) -> int | None:
    reference = reference_normalise(guest.cleaned_data.get("stay") or "")
    if not reference:
        return None
    stays = stays_for_bill(house=space.property, period=period, user=None, references=(reference,))
    if not stays:
        raise StayNotFitting(field="stay")
    return stays[0].pk
