"""How the price of a stay moved, as a page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.selectors import discount_for_user
from core.dates import property_today
from core.exceptions import NotFound
from inventory.exceptions import UnknownRoomType
from inventory.forms import AnyStayForm, StayForm, stay_query
from inventory.price_charts import price_chart
from inventory.selectors import Catalogue, PriceHistory, catalogue_for_reader, price_history

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@require_safe
def price_history_page(request: HttpRequest, slug: str, room_type_id: int) -> HttpResponse:
    """Show what the stay in the address would have cost at each time: a year back, for staff as far as is known."""
    try:
        catalogue, is_staff = catalogue_for_reader(slug=slug, user=request.user)
    except NotFound as error:
        raise Http404 from error
    room_type = catalogue.room_types.get(room_type_id)
    if room_type is None:
        raise Http404
    form_class = AnyStayForm if is_staff else StayForm
    form = form_class(request.GET) if "arrival" in request.GET else form_class.suggested()
    context: dict[str, Any] = {
        "property": catalogue.property,
        "room_type": room_type,
        "form": form,
        "form_action": reverse("inventory:price_history", args=[slug, room_type_id]),
        "today": None if is_staff else property_today(catalogue.property.time_zone),
        "is_staff": is_staff,
    }
    if form.is_bound and form.is_valid():
        history = _history(request, catalogue, room_type_id, form, is_staff=is_staff)
        context |= {
            "history": history,
            "chart": price_chart(history, time_zone=catalogue.property.time_zone)
            if history.has_prices
            else None,
            "stay": form.stay,
            "party": form.party,
            "is_ahead": form.stay.arrival >= property_today(catalogue.property.time_zone),
            "stay_query": stay_query(stay=form.stay, party=form.party).urlencode(),
        }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "inventory/price_history.html", context, status=status)


def _history(
    request: HttpRequest, catalogue: Catalogue, room_type_id: int, form: StayForm, *, is_staff: bool
) -> PriceHistory:
    try:
        return price_history(
            catalogue=catalogue,
            room_type_id=room_type_id,
            stay=form.stay,
            party=form.party,
            discount_percent=discount_for_user(request.user),
            since=BEGINNING if is_staff else None,
        )
    except UnknownRoomType as error:
        raise Http404 from error
