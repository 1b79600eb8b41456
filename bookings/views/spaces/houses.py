"""The spaces of a house, and one of them with its week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.selectors.spaces import hour_grid, space_starts, spaces_week, week_start
from bookings.services.space_feeds import space_feed_answer
from core.api.throttling import rate_limited
from core.dates import property_today
from core.exceptions import NotFound
from inventory.models import Space
from inventory.selectors import catalogue_by_slug
from inventory.selectors.spaces import space_by_slug, spaces_of_property


@require_safe
def space_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all spaces of a house with when they are free in a week."""
    at = timezone.now()
    try:
        house = catalogue_by_slug(slug=slug).property
    except NotFound as error:
        raise Http404 from error
    spaces = spaces_of_property(property_id=house.id)
    if not spaces:
        raise Http404
    first = week_start(request.GET.get("week"), time_zone=house.time_zone, at=at)
    context = {
        "property": house,
        "weeks": spaces_week(spaces, first=first, at=at),
        **week_context(first, house.time_zone),
    }
    return render(request, "spaces/list.html", context)


@require_safe
def space_detail(request: HttpRequest, slug: str, space_slug: str) -> HttpResponse:
    """Show a space, its week, and on a chosen day every time at which one may begin."""
    at = timezone.now()
    space = _space(slug, space_slug)
    zone = space.property.time_zone
    day = _day_asked(request, space)
    first = week_start(request.GET.get("week") or (day.isoformat() if day else None), time_zone=zone, at=at)
    week = spaces_week([space], first=first, at=at)[0]
    context = {
        "property": space.property,
        "space": space,
        "week": week,
        "rows": hour_grid(week, at=at),
        "day": day,
        "starts": space_starts(space, day=day, at=at) if day else [],
        **week_context(first, zone),
    }
    return render(request, "spaces/detail.html", context)


@require_safe
@rate_limited("calendar_feed", methods=("GET", "HEAD"))
def space_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the calendar of a space to whoever has its address."""
    try:
        answer = space_feed_answer(token=token)
    except NotFound:
        raise Http404 from None
    response = HttpResponse(answer.body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{answer.filename}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = answer.etag
    if request.headers.get("If-None-Match") == answer.etag:
        response.status_code, response.content = 304, b""
    return response


def week_context(first: date, time_zone: str) -> dict[str, Any]:
    """What the links between weeks need."""
    today = property_today(time_zone)
    return {
        "first": first,
        "last": first + timedelta(days=6),
        "today": today,
        "week_before": first - timedelta(days=7),
        "week_after": first + timedelta(days=7),
        "is_this_week": first <= today <= first + timedelta(days=6),
    }


def _space(slug: str, space_slug: str) -> Space:
    try:
        return space_by_slug(property_slug=slug, slug=space_slug)
    except NotFound as error:
        raise Http404 from error


def _day_asked(request: HttpRequest, space: Space) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    ahead = (day - property_today(space.property.time_zone)).days
    return day if 0 <= ahead <= space.max_days_ahead else None
