"""The rooms of the house by floor, on the phone of whoever cleans them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import access_of, actor_of
from bookings.selectors.housekeeping import Floor, housekeeping_counts, housekeeping_today
from core.dates import property_today
from core.exceptions import DomainError
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.houses import HouseChoice, house_chosen, house_may
from inventory.models import Housekeeping, Property
from inventory.services.housekeeping import rooms_mark

MARK = "room_mark"
ID_DIGITS = 19
SHOWN = (("all", pgettext_lazy("rooms", "All")), ("to_do", _("To do")), ("urgent", _("Guests come today")))


@require_safe
def housekeeping(request: HttpRequest) -> HttpResponse:
    """Every room by floor, or only those that are dirty."""
    choice = house_chosen(request, operation=MARK)
    shown = request.GET.get("show", "all")
    shown = shown if shown in dict(SHOWN) else "all"
    floors = _floors(choice.house)
    context = {
        "title": _("Housekeeping"),
        "choice": choice,
        "kept": (("show", shown),),
        "filters": SHOWN,
        "shown": shown,
        "counts": housekeeping_counts(floors),
        "floors": _narrowed(floors, shown),
        **_allowed(request, choice),
    }
    return staff_page(request, "admin/bookings/housekeeping/page.html", context)


@require_POST
def housekeeping_mark(request: HttpRequest) -> HttpResponse:
    """Mark one room, or all rooms of a floor that are named; answer with the rooms as they are now."""
    choice = house_chosen(request, operation=MARK)
    ids = [
        int(value) for value in request.POST.getlist("room") if value.isdecimal() and len(value) < ID_DIGITS
    ]
    note = request.POST.get("note")
    try:
        rooms = rooms_mark(
            room_ids=ids, state=request.POST.get("state", ""), actor=actor_of(request), note=note
        )
    except DomainError as error:
        return _answer(request, choice, ids, error=error)
    text = gettext("%(rooms)s: %(state)s") % {
        "rooms": ", ".join(room.number for room in rooms),
        "state": rooms[0].get_housekeeping_display(),
    }
    return _answer(request, choice, ids, done=text)


def _answer(
    request: HttpRequest,
    choice: HouseChoice,
    room_ids: list[int],
    *,
    done: str = "",
    error: DomainError | None = None,
) -> HttpResponse:
    """The one room for htmx; everybody else is sent back to the list."""
    if not request.headers.get("HX-Request") or len(room_ids) != 1:
        messages.add_message(request, messages.ERROR if error else messages.SUCCESS, str(error or done))
        anchor = f"#room-{room_ids[0]}" if room_ids else ""
        address = f"{reverse('admin:housekeeping')}?house={choice.house.pk}{_show(request)}{anchor}"
        return redirect(address)
    found = [room for floor in _floors(choice.house, room_ids) for room in floor.rooms]
    context = {
        "room": found[0] if found else None,
        "error": error,
        "choice": choice,
        **_allowed(request, choice),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return staff_page(request, "admin/bookings/housekeeping/room.html", context, status=status)


def _show(request: HttpRequest) -> str:
    shown = request.POST.get("show", "")
    return f"&show={shown}" if shown in dict(SHOWN) else ""


def _floors(house: Property, room_ids: list[int] | None = None) -> list[Floor]:
    day = property_today(house.time_zone, timezone.now())
    return housekeeping_today(property_id=house.pk, day=day, room_ids=room_ids)


def _narrowed(floors: list[Floor], shown: str) -> list[Floor]:
    if shown == "all":
        return floors
    wanted = "is_urgent" if shown == "urgent" else "is_to_do"
    narrowed = [
        Floor(floor.name, [room for room in floor.rooms if getattr(room, wanted)]) for floor in floors
    ]
    return [floor for floor in narrowed if floor.rooms]


def _allowed(request: HttpRequest, choice: HouseChoice) -> dict[str, Any]:
    """The states that the user may give, as (value, what the button says)."""
    states = {Housekeeping.CLEAN: _("Clean"), Housekeeping.DIRTY: _("Dirty")}
    if may_with(access_of(request), choice.house.pk, OPERATION_PERMISSIONS["room_inspect"]):
        states[Housekeeping.INSPECTED] = _("Inspected")
    return {"states": [(state.value, label) for state, label in states.items()]}


staff_page_register(
    key="housekeeping",
    title=_("Housekeeping"),
    order=30,
    path="housekeeping/",
    view=housekeeping,
    allowed=lambda request: house_may(request, operation=MARK),
    more=(("mark/", housekeeping_mark, "housekeeping_mark"),),
)
