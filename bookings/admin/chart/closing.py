"""A room of the chart: closing it, opening it again, and booking it for somebody."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from accounts.permissions import OPERATION_PERMISSIONS, may_with, roles_for
from accounts.scoping import access_of, actor_of
from bookings.exceptions import RoomOccupied
from bookings.selectors.assignments import closure_at, closures_ahead, room_at
from bookings.services.closing import closure_end_set, room_close
from core.admin import form_refused
from core.dates import ONE_DAY, property_today
from core.exceptions import DomainError
from core.formats import format_day
from inventory.admin.houses import house_ids_allowed
from inventory.exceptions import SoldOut
from inventory.models import ClosureKind, Room

from .answering import done, part_page
from .forms import CloseEndForm, CloseForm

OPERATION = "room_close"


@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """What can be done with a room on some nights: book it, or close it."""
    found = room_at(room_id=room_id, property_ids=house_ids_allowed(request, model="bookings.booking"))
    if found is None:
        raise Http404
    may_close = _may_close(request, found.property_id)
    today = property_today(found.property.time_zone)
    start, end = _nights(request, today)
    initial = {"kind": ClosureKind.OUT_OF_ORDER, "start": max(start, today), "end": max(end, today + ONE_DAY)}
    form = CloseForm(request.POST or None, initial=initial)
    stays: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            closed = room_close(room_id=room_id, actor=actor_of(request), **form.cleaned_data)
        except RoomOccupied as error:
            stays = error.data.get("stays", [])
            form.add_error("displaces" if error.data.get("may_displace") else None, _told(error))
        except SoldOut as error:
            form.add_error(None, _sold_out(error))
        except DomainError as error:
            form_refused(form, error)
        else:
            return done(request, _closed_text(found, len(closed.displaced)))
    context = {
        "title": gettext("Room %(number)s") % {"number": found.number},
        "room": found,
        "form": form,
        "stays": stays,
        "may_close": may_close,
        "may_book": may_with(access_of(request), found.property_id, roles_for("bookings.booking", "add")),
        "book_url": _book_url(found, start, end),
        "start": start,
        "end": end,
        "closures": closures_ahead(found, today=today),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return part_page(request, "room", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def closure(request: HttpRequest, closure_id: int) -> HttpResponse:
    """Let a closure end sooner or later, or undo it."""
    found = closure_at(
        closure_id=closure_id, property_ids=house_ids_allowed(request, model="bookings.booking")
    )
    if found is None:
        raise Http404
    may_close = _may_close(request, found.room.property_id)
    today = property_today(found.room.property.time_zone)
    form = CloseEndForm(request.POST or None, initial={"end": min(today, found.end)})
    if request.method == "POST" and form.is_valid():
        try:
            closure_end_set(closure_id=closure_id, actor=actor_of(request), **form.cleaned_data)
        except RoomOccupied as error:
            form.add_error(None, _told(error))
        except SoldOut as error:
            form.add_error(None, _sold_out(error))
        except DomainError as error:
            form_refused(form, error)
        else:
            return done(request, gettext("Room %(number)s is changed.") % {"number": found.room.number})
    context = {
        "title": gettext("Room %(number)s") % {"number": found.room.number},
        "closure": found,
        "form": form,
        "may_close": may_close,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return part_page(request, "closure", context, status=status)


def _may_close(request: HttpRequest, property_id: int) -> bool:
    """Whether the user may close rooms of the house. Raises `PermissionDenied` if not and something is sent."""
    may = may_with(access_of(request), property_id, OPERATION_PERMISSIONS[OPERATION])
    if request.method == "POST" and not may:
        raise PermissionDenied
    return may


def _nights(request: HttpRequest, today: date) -> tuple[date, date]:
    """The nights that were marked on the chart, or tonight."""
    try:
        start = date.fromisoformat(request.GET.get("start", ""))
        end = date.fromisoformat(request.GET.get("end", ""))
    except ValueError:
        return today, today + ONE_DAY
    is_sane = start < end <= start + timedelta(days=366)
    return (start, end) if is_sane else (start, start + ONE_DAY)


def _book_url(room: Room, start: date, end: date) -> str:
    """The page on which a stay in the house is booked for somebody, with dates and house filled in."""
    values = {
        "house": room.property_id,
        "arrival": start.isoformat(),
        "departure": end.isoformat(),
        "adults": room.room_type.standard_occupancy,
        "room_type": room.room_type_id,
        "room": room.pk,
    }
    return f"{reverse('admin:bookings_booking_desk')}?{urlencode(values)}"


def _told(error: RoomOccupied) -> str:
    names = ", ".join(f"{row['name']} ({row['reference']})" for row in error.data.get("stays", []))
    if error.data.get("may_displace"):
        return gettext("These stays have the room: %(stays)s. They would need another one.") % {
            "stays": names
        }
    return gettext("In the house: %(stays)s. Please give them another room first.") % {"stays": names}


def _sold_out(error: SoldOut) -> str:
    nights = [format_day(date.fromisoformat(night)) for night in error.data.get("nights", [])]
    return gettext(
        "All rooms of this type are sold on: %(nights)s. Move a booking to another room type first, or keep the room "
        "on sale as out of service."
    ) % {"nights": ", ".join(nights)}


def _closed_text(room: Room, displaced: int) -> str:
    text = gettext("Room %(number)s is closed.") % {"number": room.number}
    if displaced:
        more = ngettext(
            "%(count)d stay waits for another room.", "%(count)d stays wait for another room.", displaced
        )
        text += " " + more % {"count": displaced}
    return text
