"""The pages of reports: the list with key figures, one report, its files, and the bookings behind a figure."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.scoping import access_of
from core.exceptions import NotFound, ValidationFailed
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.houses import house_may
from reports.access import DESK_READ
from reports.asking import Asked, question_ask, report_ask, report_get
from reports.files import FileFormat, ReportFile, report_file
from reports.questions import Question

from .drills import report_bookings
from .exports import export_cancel_page, export_file, export_new, export_page, export_progress, exports_page
from .leaving import schedule_leave_page
from .overviews import overview_context
from .presenting import page_context

FORMAT = "format"


def reports_allowed(request: HttpRequest) -> bool:
    """Whether the user may read any report anywhere."""
    return house_may(request, operation=DESK_READ)


def index(request: HttpRequest) -> HttpResponse:
    """Show how the houses do, and every report there is."""
    return staff_page(request, "admin/reports/index.html", overview_context(request))


def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show a report with chart, table and formula, or give it as a file."""
    error: ValidationFailed | None = None
    try:
        asked = asked_of(request, key)
    except NotFound as missing:
        raise Http404 from missing
    except ValidationFailed as wrong:
        error, asked = wrong, question_asked_plainly(request, key)
    if error is None and request.GET.get(FORMAT):
        return _file(asked, request.GET[FORMAT])
    context = page_context(request, asked, asked.answer(), error=error)
    return staff_page(request, "admin/reports/report.html", context, status=422 if error else None)


def asked_of(request: HttpRequest, key: str) -> Asked:
    """Read the address of a report. Raises `NotFound`, `ValidationFailed`."""
    query = dict(request.GET.lists())
    return report_ask(key=key, query=query, access=access_of(request))


def question_asked_plainly(request: HttpRequest, key: str) -> Asked:
    """Ask a report without anything chosen, to show beside what was wrong."""
    report = report_get(key, access_of(request))
    return question_ask(Question(report.key), access=access_of(request))


def _file(asked: Asked, wanted: str) -> HttpResponse:
    if wanted not in set(FileFormat):
        raise Http404
    return file_response(report_file(asked.report, asked.answer(), FileFormat(wanted)))


def file_response(file: ReportFile) -> HttpResponse:
    """Hand out a finished file."""
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(file.content, content_type=file.mime_type, headers=headers)


def _register() -> None:
    staff_page_register(
        key="reports",
        title=_("Reports"),
        order=70,
        path="reports/",
        view=index,
        allowed=reports_allowed,
        more=(
            ("exports/", exports_page, "exports"),
            ("exports/new/", export_new, "export-new"),
            ("exports/<uuid:uid>/", export_page, "export"),
            ("exports/<uuid:uid>/progress/", export_progress, "export-progress"),
            ("exports/<uuid:uid>/cancel/", export_cancel_page, "export-cancel"),
            ("exports/<uuid:uid>/file/", export_file, "export-file"),
            ("schedules/<int:schedule_id>/leave/", schedule_leave_page, "report-schedule-leave"),
            ("of/<slug:key>/", report_page, "report"),
            ("of/<slug:key>/bookings/", report_bookings, "report-bookings"),
        ),
    )


_register()
