"""The bookings behind a figure of a report."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from accounts.scoping import access_of
from core.exceptions import DomainError
from core.staff_pages import staff_page
from reports.access import report_house_ids
from reports.asking import report_get
from reports.selectors.drill import drill_bookings
from reports.types import Drill

from .presenting import bookings_context

PAGE_ROWS = 50


def report_bookings(request: HttpRequest, key: str) -> HttpResponse:
    """Show the bookings behind a figure of a report."""
    access = access_of(request)
    try:
        report = report_get(key, access)
        allowed = report_house_ids(access, key)
        drill = Drill.from_query(request.GET.dict(), property_ids=None if allowed is None else tuple(allowed))
    except DomainError as error:
        raise Http404 from error
    page = Paginator(drill_bookings(drill), PAGE_ROWS).get_page(request.GET.get("page"))
    return staff_page(request, "admin/reports/bookings.html", bookings_context(report, drill, page))
