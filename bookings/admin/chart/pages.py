"""The chart itself, and its registration with the pages that hang on it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.scoping import access_of
from bookings.selectors.chart import chart_read
from bookings.transitions import BookingStatus
from core.dates import ONE_DAY
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.houses import house_may

from .asking import DAYS, DAYS_LABELS, OPERATION, STATUSES, ChartQuery, chart_query
from .assigning import assign
from .closing import closure, room
from .rendering import LETTERS, ChartRenderer
from .stays import stay

SATURDAY = 5
MANY_DAYS = 62


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """The chart, or with ``part`` and ``rows`` the rows of one part of it; 204 for rows that have not changed."""
    asked = chart_query(request)
    found = chart_read(
        property_id=asked.choice.house.pk,
        span=asked.span,
        today=asked.today,
        only=asked.only,
        part=asked.part,
        part_rooms=asked.part_rooms,
    )
    query = asked.address()
    rows = ChartRenderer(found, today=asked.today, query=query, search=asked.search).groups()
    digest = hashlib.blake2b(f"{asked.today}{rows}".encode(), digest_size=8).hexdigest()
    context = {"chart": found, "rows": rows, "digest": digest, "query": query, "part": asked.part}
    if "rows" in request.GET:
        if request.GET.get("have") == digest:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return staff_page(request, "admin/chart/rows.html", context)
    context |= {"later": range(asked.part + 1, found.parts + 1), **_head(request, asked)}
    return staff_page(request, "admin/chart/page.html", context)


def _head(request: HttpRequest, asked: ChartQuery) -> dict[str, Any]:
    """Everything above the rows."""
    nights = asked.span.nights
    step = nights if nights < MANY_DAYS else MANY_DAYS // 2
    roles = OPERATION_PERMISSIONS[OPERATION]
    return {
        "title": _("Tape chart"),
        "choice": asked.choice,
        "asked": asked,
        "kept": (("days", nights), ("from", asked.span.arrival.isoformat())),
        "columns": [_column(asked, offset) for offset in range(nights)],
        "weekday": asked.span.arrival.weekday(),
        "now": _place((asked.today - asked.span.arrival).days * 2) if asked.today in asked.span else "",
        "earlier_query": asked.moved(-step),
        "later_query": asked.moved(step),
        "today_query": asked.address(**{"from": (asked.today - ONE_DAY).isoformat()}),
        "day_choices": [(days, DAYS_LABELS[days]) for days in DAYS],
        "status_choices": [(status, BookingStatus(status).label) for status in STATUSES],
        "legend": [(status, LETTERS[status], BookingStatus(status).label) for status in STATUSES],
        "may_assign": may_with(access_of(request), asked.choice.house.pk, roles),
    }


def _column(asked: ChartQuery, offset: int) -> dict[str, Any]:
    """One day of the head. In long charts a label for each week only."""
    day = asked.span.arrival + timedelta(days=offset)
    is_labelled = asked.span.nights <= MANY_DAYS or day.weekday() == 0
    return {
        "day": day,
        "place": _place(offset * 2),
        "weekday": date_format(day, "D") if is_labelled else "",
        "number": date_format(day, "j") if is_labelled else "",
        "month": date_format(day, "M") if offset == 0 or day.day == 1 else "",
        "is_weekend": day.weekday() >= SATURDAY,
        "is_today": day == asked.today,
    }


def _place(halves: int) -> str:
    """The classes of a place so many half days after the first morning."""
    return f"a{halves // 32} b{halves % 32}"


def _allowed(request: HttpRequest) -> bool:
    return house_may(request, model="bookings.booking")


staff_page_register(
    key="chart",
    title=pgettext_lazy("rooms by days", "Chart"),
    order=20,
    path="chart/",
    view=chart,
    allowed=_allowed,
    more=(
        ("stay/<int:booking_id>/<int:room_index>/", stay, "chart_stay"),
        ("room/<int:room_id>/", room, "chart_room"),
        ("closure/<int:closure_id>/", closure, "chart_closure"),
        ("assign/", assign, "chart_assign"),
    ),
)
