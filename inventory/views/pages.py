"""What guests see before they book: home, search results, a property with its rooms and its calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.dateparse import parse_date
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from accounts.selectors import discount_for_user
from core.api.throttling import rate_limited
from core.cache.pages import page_cached
from core.dates import property_today
from core.exceptions import NotFound
from inventory.forms import STAY_FIELDS, SearchForm, StayForm, stay_query
from inventory.made_from import every_house, house_page
from inventory.months import month_add, months_build, months_span
from inventory.reasons import ReasonCode
from inventory.sections import property_sections
from inventory.selectors import (
    RoomTypeOffer,
    calendar_for_property,
    catalogue_by_slug,
    city_doorways,
    offers_for_property,
    places_list,
    properties_featured,
    property_search,
    search_amenities,
)
from inventory.selectors.catalogue import Catalogue
from inventory.services.feeds import feed_answer
from inventory.types import Party

RESULTS_PER_PAGE = 12
FEATURED_PROPERTIES = 6
CALENDAR_MONTHS = 2
CALENDAR_MONTHS_AHEAD = 24


@require_safe
@page_cached(made_from=every_house)
def home(request: HttpRequest) -> HttpResponse:
    """Show the search form, the cities and some houses."""
    context = {
        "form": StayForm.suggested(),
        "places": places_list(),
        "doorways": city_doorways(),
        "properties": properties_featured(limit=FEATURED_PROPERTIES),
    }
    return render(request, "inventory/home.html", context)


@require_safe
@page_cached(made_from=every_house)
def search(request: HttpRequest) -> HttpResponse:
    """Show what can be booked for a stay, cheapest total first, and why the rest cannot."""
    amenities = search_amenities()
    form = SearchForm(request.GET or None, amenities=[(amenity.code, amenity.name) for amenity in amenities])
    context: dict[str, Any] = {"form": form, "places": places_list(), "amenities": amenities}
    if not form.is_valid():
        if not form.is_bound:
            context["form"] = StayForm.suggested()
        return render(request, "inventory/search.html", context, status=422 if form.is_bound else 200)
    wanted = form.cleaned_data
    results = property_search(
        destination=wanted["where"],
        stay=form.stay,
        party=form.party,
        discount_percent=discount_for_user(request.user),
        stars=wanted["stars"],
        amenities=wanted["amenity"],
        board=wanted["board"] or None,
        refundable=wanted["refundable"],
        order=wanted["order"] or "total",
    )
    context |= {
        "results": results,
        "page": Paginator(results.offers, RESULTS_PER_PAGE).get_page(request.GET.get("page")),
        "stay": form.stay,
        "party": form.party,
        "stay_query": stay_query(stay=form.stay, party=form.party).urlencode(),
    }
    return _page_or_part(request, "inventory/search.html", "inventory/partials/results.html", context)


@require_safe
@page_cached(params=("month",), params_of_nobody=STAY_FIELDS, made_from=house_page)
def property_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a house, its rooms with prices for the stay in the address, and its calendar."""
    catalogue = _catalogue(slug)
    house = catalogue.property
    form = StayForm(request.GET) if "arrival" in request.GET else StayForm.suggested()
    context: dict[str, Any] = {
        "property": house,
        "room_types": catalogue.room_types.values(),
        "form": form,
        "today": property_today(house.time_zone),
        "sections": property_sections(request, house),
        **_calendar(request, catalogue, form),
    }
    if form.is_bound and form.is_valid():
        offers = offers_for_property(
            property_id=house.id,
            stay=form.stay,
            party=form.party,
            discount_percent=discount_for_user(request.user),
        )
        context |= {
            "stay": form.stay,
            "party": form.party,
            "stay_query": stay_query(stay=form.stay, party=form.party).urlencode(),
            "offers": offers,
            "is_sold_out": _is_sold_out(offers),
        }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "inventory/property.html", context, status=status)


def _is_sold_out(offers: list[RoomTypeOffer]) -> bool:
    """Whether nothing can be booked, and rooms that come free would change that."""
    reasons = [offer.reason.code for offer in offers if offer.reason is not None]
    return len(reasons) == len(offers) and ReasonCode.SOLD_OUT in reasons


@require_safe
@page_cached(params=("month",), made_from=house_page)
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the calendar of a house alone: a page without JavaScript, a fragment for htmx."""
    catalogue = _catalogue(slug)
    form = StayForm(request.GET) if "arrival" in request.GET else StayForm.suggested()
    context = {"property": catalogue.property, **_calendar(request, catalogue, form)}
    return _page_or_part(request, "inventory/calendar.html", "inventory/partials/calendar.html", context)


def _page_or_part(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Give htmx the part it swaps in and everybody else the page, which a browser must not take for one another."""
    htmx = request.htmx  # type: ignore[attr-defined]
    response = render(request, part if htmx and not htmx.history_restore_request else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _catalogue(slug: str) -> Catalogue:
    try:
        return catalogue_by_slug(slug=slug)
    except NotFound as error:
        raise Http404 from error


def _calendar(request: HttpRequest, catalogue: Catalogue, form: StayForm) -> dict[str, Any]:
    """Return the months around the stay, or those the address asks for with ``month=YYYY-MM``."""
    today = property_today(catalogue.property.time_zone)
    has_stay = form.is_bound and form.is_valid()
    first = _month_asked(request) or (form.stay.arrival if has_stay else today)
    first = min(max(first, today), month_add(today, CALENDAR_MONTHS_AHEAD)).replace(day=1)
    start, days = months_span(first, CALENDAR_MONTHS)
    nights = calendar_for_property(
        property_id=catalogue.property.id,
        first=start,
        days=days,
        party=form.party if has_stay else Party(adults=2),
    )
    query = request.GET.copy()
    query.pop("month", None)
    earlier, later = month_add(first, -1), month_add(first, 1)
    return {
        "months": months_build(
            nights=nights, first=first, count=CALENDAR_MONTHS, stay=form.stay if has_stay else None
        ),
        "month_before": earlier if earlier >= today.replace(day=1) else None,
        "month_after": later if later <= month_add(today, CALENDAR_MONTHS_AHEAD) else None,
        "calendar_query": query.urlencode(),
        "calendar_nights": form.stay.nights if has_stay else 2,
        "calendar_party": form.party if has_stay else None,
    }


def _month_asked(request: HttpRequest) -> date | None:
    try:
        return parse_date(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return None


@require_safe
@rate_limited("calendar_feed", methods=("GET", "HEAD"))
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out a room type's calendar to other channels; with ``?events=all`` each stay of it, for people."""
    try:
        feed = feed_answer(token=token, is_detailed=request.GET.get("events") == "all")
    except NotFound:
        raise Http404 from None
    response = HttpResponse(feed.body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{feed.filename}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = feed.etag
    changed_at = int(feed.changed_at.timestamp()) if feed.changed_at else None
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at)
    conditional = get_conditional_response(request, feed.etag, changed_at, response)
    return response if conditional is None else conditional
