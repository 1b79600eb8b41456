"""The week of all spaces of a house, requests that wait, and who is expected."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bookings.selectors.spaces import (
    hour_grid,
    space_bookings_today,
    space_requests,
    spaces_week,
    week_start,
)
from bookings.views.spaces.houses import week_context
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.houses import house_chosen, house_may
from inventory.selectors.spaces import spaces_of_property

from .booking import space_book_page
from .details import space_booking_page, space_do
from .permissions import MODEL, operations_of


@require_safe
def spaces_page(request: HttpRequest) -> HttpResponse:
    """Requests to decide, who is expected today, and the week: of all spaces by days, of one by hours."""
    at = timezone.now()
    choice = house_chosen(request, model=MODEL)
    house = choice.house
    spaces = spaces_of_property(property_id=house.pk, include_inactive=True)
    first = week_start(request.GET.get("week"), time_zone=house.time_zone, at=at)
    chosen = _chosen(request, spaces)
    shown = [chosen] if chosen else spaces
    weeks = spaces_week(shown, first=first, at=at, is_staff=True)
    context = {
        "title": _("Spaces"),
        "choice": choice,
        "property": house,
        "spaces": spaces,
        "space": chosen,
        "weeks": weeks,
        "week": weeks[0] if chosen else None,
        "rows": hour_grid(weeks[0], at=at, is_staff=True) if chosen else [],
        "requests": space_requests(property_id=house.pk, at=at),
        "expected": space_bookings_today(house=house, at=at),
        "now": at,
        **week_context(first, house.time_zone),
        **operations_of(request, house.pk),
    }
    return staff_page(request, "admin/bookings/spaces/page.html", context)


def _chosen(request: HttpRequest, spaces: list[Any]) -> Any:
    asked = request.GET.get("space")
    if not asked:
        return None
    found = next((space for space in spaces if str(space.pk) == asked), None)
    if found is None:
        raise Http404
    return found


staff_page_register(
    key="spaces",
    title=_("Spaces"),
    order=60,
    path="spaces/",
    view=spaces_page,
    allowed=lambda request: house_may(request, model=MODEL),
    more=(
        ("book/", space_book_page, "space_book"),
        ("<str:reference>/", space_booking_page, "space_booking"),
        ("<str:reference>/do/", space_do, "space_do"),
    ),
)
