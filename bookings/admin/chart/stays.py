"""A bar of the chart: what it is, and where it could go."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import access_of, actor_of
from bookings.exceptions import VersionConflict
from bookings.models import Booking
from bookings.selectors.assignments import assignments_seen, booking_at, rooms_free_for
from bookings.transitions import ASSIGNABLE_STATUSES
from core.admin import form_refused
from core.exceptions import DomainError
from core.formats import format_stay
from inventory.admin.houses import house_ids_allowed
from payments.admin.forms import form_key

from .answering import done, part_page
from .asking import OPERATION
from .forms import MoveForm
from .proposals import Place, Proposal, place_of, proposal_do, proposal_make

FIELDS = ("room", "arrival", "departure", "kind", "reason")


@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest, booking_id: int, room_index: int) -> HttpResponse:
    """Show a stay with what it would come to elsewhere, and put it there once that was confirmed."""
    booking = booking_at(
        booking_id=booking_id, property_ids=house_ids_allowed(request, model="bookings.booking")
    )
    if booking is None or not 1 <= room_index <= booking.rooms:
        raise Http404
    place = place_of(booking, room_index, _day(request.GET.get("night")))
    may_move = may_with(access_of(request), booking.property_id, OPERATION_PERMISSIONS[OPERATION])
    if request.method == "POST" and not may_move:
        raise PermissionDenied
    form = _form(request, place) if may_move and booking.status in ASSIGNABLE_STATUSES else None
    proposal = _proposal(request, place, form) if form is not None and form.is_bound else None
    error: DomainError | None = None
    if request.method == "POST" and proposal is not None and form is not None:
        try:
            _do(request, proposal)
        except DomainError as refusal:
            error = refusal
            form_refused(form, refusal)
        else:
            return done(request, _done_text(proposal))
    return _page(request, place, form, proposal, error)


def _form(request: HttpRequest, place: Place) -> MoveForm:
    """The form with the rooms that are free on the nights that are asked for; it is bound if something is asked."""
    booking = place.booking
    source = request.POST if request.method == "POST" else request.GET
    asked = {name: source.get(name, "") for name in FIELDS if name in source}
    start, end = _day(asked.get("arrival")), _day(asked.get("departure"))
    is_other = (start, end) != (booking.arrival, booking.departure) and start and end and start < end
    span = (start, end) if is_other else (place.span.arrival, place.span.departure)
    rooms = rooms_free_for(booking, place.room_index, start=span[0], end=span[1])
    now = {
        "room": str(place.room.pk) if place.room else "",
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "kind": "upgrade",
    }
    data = {**now, **asked} if asked else None
    return MoveForm(data, rooms=rooms, now=place.room, initial=now)


def _proposal(request: HttpRequest, place: Place, form: MoveForm) -> Proposal | None:
    if not form.is_valid():
        return None
    try:
        return proposal_make(place, form.cleaned_data, actor=actor_of(request))
    except DomainError as error:
        form_refused(form, error)
        return None


def _do(request: HttpRequest, proposal: Proposal) -> None:
    try:
        total = Decimal(request.POST["total"]) if request.POST.get("total") else None
        version = int(request.POST.get("version", "0"))
    except (InvalidOperation, ValueError):
        raise Http404 from None
    proposal_do(
        proposal,
        actor=actor_of(request),
        seen=request.POST.get("seen", ""),
        version=version,
        total=total,
        key=request.POST.get("key", "")[:40],
    )


def _page(
    request: HttpRequest,
    place: Place,
    form: MoveForm | None,
    proposal: Proposal | None,
    error: DomainError | None,
) -> HttpResponse:
    booking = place.booking
    if error is not None:
        booking.refresh_from_db()
    refusal = proposal.preview.refusal if proposal and proposal.preview else None
    context: dict[str, Any] = {
        "title": booking.guest_name or booking.reference,
        "booking": booking,
        "place": place,
        "form": form,
        "proposal": proposal,
        "refusal": refusal,
        "changes": error.changes if isinstance(error, VersionConflict) else [],
        "seen": assignments_seen(booking),
        "key": form_key(),
        "needs_reason": bool(proposal and proposal.is_upgrade and not proposal.reason),
        "may_confirm": bool(
            proposal and proposal.does_something and refusal is None and form is not None and not form.errors
        ),
    }
    is_wrong = error is not None or (form is not None and bool(form.errors))
    return part_page(
        request, "stay", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    )


def _done_text(proposal: Proposal) -> str:
    booking: Booking = proposal.place.booking
    name = booking.guest_name or booking.reference
    if proposal.takes_room and proposal.change is None:
        return gettext("%(guest)s has no room now.") % {"guest": name}
    dates = format_stay(proposal.stay.arrival, proposal.stay.departure)
    if proposal.room is None:
        return gettext("%(guest)s: %(dates)s.") % {"guest": name, "dates": dates}
    return gettext("%(guest)s: room %(room)s, %(dates)s.") % {
        "guest": name,
        "room": proposal.room.number,
        "dates": dates,
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
