"""Which house a staff page is about: the one in the address, the one seen last, or the first the user may work in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with, roles_for
from accounts.scoping import access_of
from inventory.models import Property

from .filters import HOUSE_PARAMETER

SESSION_KEY = "staff_house"


@dataclass(frozen=True, slots=True)
class HouseChoice:
    """The house a page shows, and those that it could show; ``houses`` are sorted by name."""

    house: Property
    houses: list[Property]


def house_ids_allowed(
    request: HttpRequest, *, operation: str | None = None, model: str | None = None, action: str = "view"
) -> list[int] | None:
    """Where the user may do an operation of the table, or ``action`` rows of ``model``; None means everywhere."""
    roles = (
        OPERATION_PERMISSIONS[operation] if operation else roles_for(model or "inventory.property", action)
    )
    return property_ids_with(access_of(request), roles)


def house_may(
    request: HttpRequest, *, operation: str | None = None, model: str | None = None, action: str = "view"
) -> bool:
    """Whether there is a house where the user may. No query beyond the user's roles."""
    return house_ids_allowed(request, operation=operation, model=model, action=action) != []


def house_chosen(
    request: HttpRequest, *, operation: str | None = None, model: str | None = None, action: str = "view"
) -> HouseChoice:
    """The house that the request is about, remembered for the next page. One query beyond the user's roles.

    ``?house=<id>`` names it. Raises 404 for a house that does not exist or is not the user's, and where there is none.
    """
    ids = house_ids_allowed(request, operation=operation, model=model, action=action)
    rows = Property.objects.order_by("name", "pk")
    houses = list(rows if ids is None else rows.filter(pk__in=ids))
    by_id = {str(house.pk): house for house in houses}
    wanted = request.GET.get(HOUSE_PARAMETER) or request.POST.get(HOUSE_PARAMETER)
    if wanted:
        if wanted not in by_id:
            raise Http404
        house = by_id[wanted]
    elif houses:
        house = by_id.get(str(request.session.get(SESSION_KEY)), houses[0])
    else:
        raise Http404
    if len(houses) > 1 and request.session.get(SESSION_KEY) != house.pk:
        request.session[SESSION_KEY] = house.pk
    return HouseChoice(house, houses)
