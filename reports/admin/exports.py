"""Pages of exports: ask for one, see how far it is, fetch the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.scoping import access_of, actor_of
from core.exceptions import DomainError, NotFound
from core.private_files import private_storage
from core.staff_pages import staff_page
from reports.exporting import export_source, export_sources
from reports.files import MIME_TYPES, FileFormat
from reports.models import Export, ExportFormat, ExportState
from reports.selectors.exports import covers, export_of, exports_of
from reports.services.exporting import OPEN_STATES, export_cancel, export_request, source_house_ids

PAGE_ROWS = 25
KIND, QUERY, FORMAT = "kind", "list", "file_format"


@require_safe
@never_cache
def exports_page(request: HttpRequest) -> HttpResponse:
    """List one's own exports, and what can be exported."""
    page = Paginator(exports_of(user=actor_of(request)), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "title": _("Exports"),
        "page": page,
        "exports": [(export, _label(export)) for export in page],
        "sources": [
            (key, source.label)
            for key, source in export_sources().items()
            if source_house_ids(source, access_of(request)) != []
        ],
    }
    return staff_page(request, "admin/reports/exports.html", context)


def export_new(request: HttpRequest) -> HttpResponse:
    """Ask for the format, then have the list written."""
    asked = request.POST if request.method == "POST" else request.GET
    source = export_source(asked.get(KIND, ""))
    if source is None or source_house_ids(source, access_of(request)) == []:
        raise Http404
    query, error, status = asked.get(QUERY, ""), "", None
    if request.method == "POST":
        try:
            export = export_request(
                kind=source.key, query=query, file_format=asked.get(FORMAT, ""), actor=actor_of(request)
            )
        except DomainError as refused:
            error, status = str(refused), refused.http_status
        else:
            return redirect("admin:export", export.uid)
    context = {
        "title": _("Export: %(list)s") % {"list": source.label},
        "source": source,
        "query": query,
        "formats": ExportFormat.choices,
        "error": error,
    }
    return staff_page(request, "admin/reports/export_new.html", context, status=status)


@require_safe
@never_cache
def export_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show how far an export is, or where its file is."""
    return staff_page(request, "admin/reports/export.html", _context(request, _own(request, uid)))


@require_safe
@never_cache
def export_progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the part of the page that changes, for htmx."""
    return TemplateResponse(
        request, "admin/reports/parts/export_state.html", _context(request, _own(request, uid))
    )


@require_POST
def export_cancel_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop an export."""
    try:
        export_cancel(uid=uid, actor=actor_of(request))
    except NotFound as error:
        raise Http404 from error
    return redirect("admin:export", uid)


@require_safe
@never_cache
def export_file(request: HttpRequest, uid: UUID) -> HttpResponse | FileResponse:
    """Hand out the file, to whoever asked for it and may still see everything in it."""
    export = _own(request, uid)
    if not _may_fetch(request, export):
        raise Http404
    try:
        file = private_storage().open(export.file)
    except FileNotFoundError:
        messages.error(request, _("The file is not there any more. Please export again."))
        return redirect("admin:export", uid)
    name = f"{slugify(_label(export)) or export.kind}_{export.created_at:%Y-%m-%d}.{export.file_format}"
    mime_type = MIME_TYPES[FileFormat(export.file_format)]
    return FileResponse(file, as_attachment=True, filename=name, content_type=mime_type)


def _own(request: HttpRequest, uid: UUID) -> Export:
    try:
        return export_of(user=actor_of(request), uid=uid)
    except NotFound as error:
        raise Http404 from error


def _label(export: Export) -> str:
    source = export_source(export.kind)
    return str(source.label) if source else export.kind


def _may_fetch(request: HttpRequest, export: Export) -> bool:
    source = export_source(export.kind)
    if source is None or export.state != ExportState.DONE:
        return False
    return covers(source_house_ids(source, access_of(request)), export)


def _context(request: HttpRequest, export: Export) -> dict[str, Any]:
    total = export.rows_total or 0
    return {
        "title": _label(export),
        "export": export,
        "is_open": export.state in OPEN_STATES,
        "may_fetch": _may_fetch(request, export),
        "percent": min(round(export.rows_done * 100 / total), 100) if total else None,
    }
