"""The page a clerk lives on: the day of a house, section by section, with a button for whatever comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import OPERATION_PERMISSIONS, may_with, roles_for
from accounts.scoping import access_of
from bookings.selectors.today import DayAtDesk, StayRow, day_at_desk
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.houses import house_chosen, house_may
from inventory.models import Property

from .actions import Action, stay_actions
from .desk import walk_in_url

SECTIONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "arrivals": (_("Arrivals"), _("Nobody arrives on this day.")),
    "departures": (_("Departures"), _("Nobody leaves on this day.")),
    "in_house": (_("In the house"), _("Nobody sleeps here this night.")),
    "late": (_("Late arrivals"), _("Nobody is late.")),
    "unpaid": (pgettext_lazy("stays", "Unpaid"), _("Everybody has paid.")),
    "requests": (_("Special requests"), _("Nobody has asked for anything.")),
}
YEARS = range(1900, 2200)
"""Whose days can be looked at."""
EVERYTHING = ("arrivals", "departures", "in_house")
"""What is shown unless a section is asked for; the others repeat lines of these."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stay with its buttons."""

    row: StayRow
    actions: list[Action]


def register() -> None:
    """Give the page its place among the pages of the house."""
    staff_page_register(
        key="today",
        title=_("Today"),
        order=10,
        path="today/",
        view=today_page,
        allowed=lambda request: house_may(request, model="bookings.booking"),
    )


def today_page(request: HttpRequest) -> HttpResponse:
    """The day, or one section of it, or what a search finds in it."""
    choice = house_chosen(request, model="bookings.booking")
    whole = day_at_desk(house=choice.house, day=_day(request))
    text, section = request.GET.get("q", "").strip()[:60], request.GET.get("show", "")
    shown = (section,) if section in SECTIONS else EVERYTHING
    found = whole.matching(text)
    here = _address(choice.house, whole, show=section, q=text)
    context = {
        "title": _("Today") if whole.is_today else _("The day at the front desk"),
        "choice": choice,
        "house": choice.house,
        "day": whole,
        "day_before": _address(choice.house, whole, whole.day - timedelta(days=1), show=section),
        "day_after": _address(choice.house, whole, whole.day + timedelta(days=1), show=section),
        "day_today": _address(choice.house, whole, whole.today, show=section),
        "may_book": may_with(access_of(request), choice.house.pk, roles_for("bookings.booking", "add")),
        "walk_in_url": walk_in_url(choice.house, whole.today),
        "section": section,
        "text": text,
        "tabs": _tabs(choice.house, whole, section, text),
        "sections": [
            {"name": name, "title": SECTIONS[name][0], "empty": SECTIONS[name][1], "lines": lines}
            for name in shown
            for lines in [_lines(request, choice.house, found.sections()[name], whole, here)]
        ],
    }
    return staff_page(request, "admin/bookings/today/page.html", context)


def _day(request: HttpRequest) -> date | None:
    """The day of the address; None for none, and for what is no day or far from any that was ever sold."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _address(house: Property, whole: DayAtDesk, day: date | None = None, **values: str) -> str:
    """The address of a day with what is shown of it; today's needs no date, so that it stays today's tomorrow."""
    day = day or whole.day
    named = {"day": day.isoformat()} if day != whole.today else {}
    query = urlencode({"house": house.pk, **named, **{key: value for key, value in values.items() if value}})
    return f"{reverse('admin:today')}?{query}"


def _tabs(house: Property, whole: DayAtDesk, section: str, text: str) -> list[dict[str, Any]]:
    """Every section with its count, and for arrivals and departures how many of them are done."""
    done = {"arrivals": whole.arrived, "departures": whole.left}
    return [
        {
            "name": name,
            "title": SECTIONS[name][0],
            "count": len(rows),
            "done": done.get(name),
            "url": _address(house, whole, show="" if name == section else name, q=text),
            "is_current": name == section,
        }
        for name, rows in whole.sections().items()
    ]


def _lines(
    request: HttpRequest, house: Property, rows: list[StayRow], whole: DayAtDesk, here: str
) -> list[Line]:
    access = access_of(request)
    allowed = {
        operation: may_with(access, house.pk, roles) for operation, roles in OPERATION_PERMISSIONS.items()
    }
    return [
        Line(
            row,
            stay_actions(
                row,
                booking_id=row.id,
                folio_id=row.folio_id,
                owes=row.owes,
                today=whole.today,
                may=allowed.__getitem__,
                next_url=f"{here}#stay-{row.id}",
                lacks_room=row.lacks_room,
            ),
        )
        for row in rows
    ]
