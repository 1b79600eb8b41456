"""Reports for programs: figures as JSON, or the file that the page gives."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.selectors import staff_access
from core.api.views import PageView
from reports.access import report_keys
from reports.asking import report_ask, report_get
from reports.catalogue import REPORTS
from reports.files import MIME_TYPES, FileFormat, report_file
from reports.periods import Preset
from reports.types import Comparison

from . import examples
from .serializers import (
    ReportAnswerSerializer,
    ReportSummarySerializer,
    query_of,
    report_document,
    summary_document,
)


class FileRenderer(BaseRenderer):
    """A file, which the view answers with itself; what goes wrong is told in JSON."""

    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return bytes(JSONRenderer().render(data))


class CsvRenderer(FileRenderer):
    media_type = "text/csv"
    format = "csv"


class XlsxRenderer(FileRenderer):
    media_type = MIME_TYPES[FileFormat.XLSX]
    format = "xlsx"


class PdfRenderer(FileRenderer):
    media_type = MIME_TYPES[FileFormat.PDF]
    format = "pdf"


class ReportListView(PageView):
    """The reports that one may read."""

    serializer_class = ReportSummarySerializer
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="report_list",
        summary="List reports",
        description="Those that the user may read of some property, with their formulas and what they can be asked.",
        tags=["reports"],
        responses=ReportSummarySerializer(many=True),
        examples=[examples.REPORT_LIST],
    )
    def get(self, request: Request) -> Response:
        keys = report_keys(staff_access(request.user), list(REPORTS))
        return self.page([summary_document(REPORTS[key]) for key in keys])


class ReportView(APIView):
    """One report."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = (JSONRenderer, CsvRenderer, XlsxRenderer, PdfRenderer)

    @extend_schema(
        operation_id="report_read",
        summary="Read a report",
        description=(
            "For managers and finance of the properties; occupancy and arrivals for the front desk too. Ask for a "
            "`period` that is counted from today, or for `from` and `to`, both included; without either it is the "
            "period that the page begins with. Without `property` and `group` it is about all properties that the user "
            "may read it of. Other parameters are those of the list of reports. As CSV, XLSX or PDF it is the file of "
            "the page: shares instead of percentages, and a line for each row."
        ),
        tags=["reports"],
        parameters=[
            OpenApiParameter("key", str, OpenApiParameter.PATH, description="As in the list of reports."),
            OpenApiParameter("period", str, enum=Preset.values),
            OpenApiParameter("from", OpenApiTypes.DATE, description="The first day."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day."),
            OpenApiParameter("property", int, many=True, description="Only these, by id."),
            OpenApiParameter("group", int, description="The properties of this group."),
            OpenApiParameter("compare", str, enum=Comparison.values),
            OpenApiParameter("by", str, description="What a line is, where the report offers that."),
            OpenApiParameter(
                "format", str, enum=["json", *FileFormat], description="Instead of the header `Accept`."
            ),
        ],
        responses={
            (200, "application/json"): ReportAnswerSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, MIME_TYPES[FileFormat.XLSX]): OpenApiTypes.BINARY,
            (200, MIME_TYPES[FileFormat.PDF]): OpenApiTypes.BINARY,
        },
        examples=[examples.REPORT, examples.REPORT_CSV, *examples.REPORT_FILES],
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        access = staff_access(request.user)
        query = query_of(report_get(key, access), dict(request.query_params.lists()))
        asked = report_ask(key=key, query=query, access=access)
        result = asked.answer()
        wanted = request.accepted_renderer.format
        if wanted == "json":
            return Response(report_document(asked, result))
        file = report_file(asked.report, result, FileFormat(wanted))
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return HttpResponse(file.content, content_type=file.mime_type, headers=headers)
