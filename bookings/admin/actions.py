"""The actions that apply to a stay now: pages of the front desk, and operations of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.services.extras import DESK_STATUSES
from bookings.transitions import BookingStatus

from .operations import OPERATIONS_BY_NAME, Stay
from .returning import with_next

_S = BookingStatus


@dataclass(frozen=True, slots=True)
class Action:
    """A button. ``is_post``: it acts at once; the others open a page."""

    name: str
    label: str | Promise
    url: str
    is_primary: bool = False
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page that does something with a stay. ``applies`` looks at the stay and at the property's today."""

    name: str
    permission: str
    label: str | Promise
    url_name: str
    applies: Callable[[Stay, date], bool]


def _may_come(stay: Stay, today: date) -> bool:
    return stay.status in (_S.CONFIRMED, _S.NO_SHOW) and stay.arrival <= today <= stay.departure


def _leaves(stay: Stay, today: date) -> bool:
    return stay.status == _S.CHECKED_IN


def _could_leave_early(stay: Stay, today: date) -> bool:
    return (
        stay.status == _S.CHECKED_IN and today < stay.departure and (stay.departure - stay.arrival).days > 1
    )


def _is_expected_or_here(stay: Stay, today: date) -> bool:
    return stay.status in (_S.CONFIRMED, _S.CHECKED_IN)


def _is_changeable(stay: Stay, today: date) -> bool:
    return stay.status in (_S.HELD, _S.CONFIRMED, _S.CHECKED_IN)


def _takes_extras(stay: Stay, today: date) -> bool:
    return stay.status in DESK_STATUSES


DESK_PAGES = (
    DeskPage("check-in", "booking_check_in", _("Check in"), "bookings_booking_check_in", _may_come),
    DeskPage("check-out", "booking_check_out", _("Check out"), "bookings_booking_check_out", _leaves),
    DeskPage("room", "room_assign", _("Room"), "bookings_booking_room", _is_expected_or_here),
    DeskPage("change", "booking_change", _("Change"), "bookings_booking_change_stay", _is_changeable),
    DeskPage("extend", "booking_change", _("Extend"), "bookings_booking_extend", _is_expected_or_here),
    DeskPage(
        "leave-early", "booking_change", _("Leave early"), "bookings_booking_leave_early", _could_leave_early
    ),
    DeskPage("extras", "extra_add", _("Extras"), "bookings_booking_extras", _takes_extras),
    DeskPage(
        "registration",
        "booking_check_in",
        _("Registration card"),
        "bookings_booking_registration",
        _is_expected_or_here,
    ),
)
"""In the order of the buttons; operations that act at once come after them."""

ACTS_AT_ONCE = ("assign", "confirm", "undo-check-in", "undo-check-out", "undo-no-show")


def stay_actions(
    stay: Stay,
    *,
    booking_id: int,
    folio_id: int,
    owes: bool,
    today: date,
    may: Callable[[str], bool],
    next_url: str = "",
    lacks_room: bool = False,
) -> list[Action]:
    """What the user may do with the stay now, the obvious thing first. No query."""
    actions = [
        Action(
            page.name,
            page.label,
            with_next(reverse(f"admin:{page.url_name}", args=[booking_id]), next_url),
            is_primary=is_primary(page.name, stay, today),
        )
        for page in DESK_PAGES
        if page.applies(stay, today) and may(page.permission)
    ]
    if owes and stay.status != _S.HELD and may("payment_record"):
        url = with_next(reverse("admin:payments_folio_record", args=[folio_id]), next_url)
        actions.append(Action("payment", _("Take a payment"), url))
    if stay.status == _S.CONFIRMED and stay.arrival <= today and may("booking_no_show"):
        url = reverse("admin:bookings_booking_operation", args=[booking_id, "no-show"])
        actions.append(Action("no-show", OPERATIONS_BY_NAME["no-show"].label, with_next(url, next_url)))
    for name in ACTS_AT_ONCE:
        operation = OPERATIONS_BY_NAME[name]
        if name == "assign" and not lacks_room:
            continue
        if operation.is_possible(stay) and may(operation.permission) and _is_sensible(name, stay, today):
            url = reverse("admin:bookings_booking_operation", args=[booking_id, name])
            actions.append(Action(name, operation.label, with_next(url, next_url), is_post=True))
    return sorted(actions, key=lambda action: not action.is_primary)


def is_primary(name: str, stay: Stay, today: date) -> bool:
    """Whether this is what everybody does next: who is expected comes, whose time is over leaves."""
    return (name == "check-in" and stay.status == _S.CONFIRMED) or (
        name == "check-out" and stay.departure <= today
    )


def _is_sensible(name: str, stay: Stay, today: date) -> bool:
    """Undoing is offered while it is likely to be meant; the service decides."""
    if name == "undo-check-in":
        return stay.arrival == today
    return today <= stay.departure
