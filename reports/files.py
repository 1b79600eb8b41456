"""A report as a file: CSV, XLSX, or a PDF with its charts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.text import slugify
from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer

from core.charts.documents import plot_drawing
from core.documents import drawn
from core.tabular import table_csv, table_pdf, table_xlsx
from core.tabular.pdfs import COLUMNS_UPRIGHT, MARGIN, SMALL

from .drawing import report_charts
from .grids import result_table
from .report import Report
from .types import ReportResult


class FileFormat(StrEnum):
    """What a report can be had as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


MIME_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A finished file."""

    name: str
    content: bytes
    mime_type: str


def report_file(report: Report, result: ReportResult, file_format: FileFormat) -> ReportFile:
    """Write exactly what the page shows, in the active language. No query. Raises `TooManyRows`."""
    table = result_table(report, result)
    match file_format:
        case FileFormat.CSV:
            content = b"".join(table_csv(table, with_bom=True))
        case FileFormat.XLSX:
            content = table_xlsx(table)
        case FileFormat.PDF:
            wide = len(table.columns) > COLUMNS_UPRIGHT
            width = (landscape(A4) if wide else A4)[0] - 2 * MARGIN
            content = table_pdf(
                table,
                title=str(report.title),
                subtitle=result.scope.name,
                author=result.scope.name,
                before=_charts(report, result, width),
            )
    days = f"{result.period.start.isoformat()}_{result.period.last.isoformat()}"
    name = f"{slugify(str(report.title)) or report.key}_{days}.{file_format.value}"
    return ReportFile(name, content, MIME_TYPES[file_format])


def _charts(report: Report, result: ReportResult, width: float) -> list[Flowable]:
    parts: list[Flowable] = []
    for chart in report_charts(report, result):
        names = " · ".join(name for _swatch, name in chart.legend)
        title = Paragraph(drawn(chart.title, is_bold=True), SMALL)
        parts.append(
            KeepTogether(
                [title, Spacer(0, 4), plot_drawing(chart.plot, width=width), Paragraph(drawn(names), SMALL)]
            )
        )
        parts.append(Spacer(0, 12))
    parts += [Paragraph(drawn(str(note)), SMALL) for note in result.notes]
    if parts:
        parts.append(Spacer(0, 8))
    return parts
