"""Tables as PDF: the heading on every page, figures on the right, pages counted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from core.documents import BOLD, REGULAR, drawn

from .cells import cell_readable
from .exceptions import TooManyRows
from .types import Column, Table

PDF_ROWS_MAX = 5_000
"""Some hundred pages; more is for a spreadsheet."""
COLUMNS_UPRIGHT = 6
MARGIN = 15 * mm
TEXT_SIZE, SMALL_SIZE, TITLE_SIZE = 8.5, 7, 16
CELL_PADDING = 3
WIDTH_SHARE_MAX = 0.4
INK, SOFT, RULE, SHADE = HexColor("#1d2421"), HexColor("#4f5853"), HexColor("#ddd6c7"), HexColor("#f8f5ee")


def table_pdf(
    table: Table,
    *,
    title: str = "",
    subtitle: str = "",
    author: str = "",
    before: Sequence[Flowable] = (),
) -> bytes:
    """The table as a document, on its side where it is wide; the same table gives the same bytes.

    ``before`` stands between head and table (a chart, sentences). Text is drawn as on receipts: in fonts that have its
    letters. Raises `TooManyRows` above `PDF_ROWS_MAX`.
    """
    title = title or table.title
    size = landscape(A4) if len(table.columns) > COLUMNS_UPRIGHT else A4
    width = size[0] - 2 * MARGIN
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=size,
        invariant=1,
        title=title,
        author=author,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
    )
    parts: list[Any] = [Paragraph(drawn(title, is_bold=True), TITLE)] if title else []
    if subtitle:
        parts.append(Paragraph(drawn(subtitle), SUBTITLE))
    parts += [Paragraph(drawn(f"{label}: {text}"), SMALL) for label, text in table.about]
    parts += [Spacer(0, 4 * mm), *before, _body(table, width)]
    document.build(parts, canvasmaker=_canvas_class(title))
    return buffer.getvalue()


def _style(name: str, size: float, **values: Any) -> ParagraphStyle:
    fields: dict[str, Any] = {"fontName": REGULAR, "textColor": INK, **values}
    return ParagraphStyle(name, fontSize=size, leading=size * 1.35, **fields)


TITLE = _style("title", TITLE_SIZE)
SUBTITLE = _style("subtitle", 10, textColor=SOFT)
SMALL = _style("small", SMALL_SIZE + 1, textColor=SOFT)
CELL = {False: _style("cell", TEXT_SIZE), True: _style("figure", TEXT_SIZE, alignment=TA_RIGHT)}
HEAD = {
    False: _style("head", SMALL_SIZE + 1, alignment=TA_LEFT),
    True: _style("figure-head", SMALL_SIZE + 1, alignment=TA_RIGHT),
}


def _body(table: Table, width: float) -> Flowable:
    columns = table.columns
    head = [
        Paragraph(drawn(column.heading, is_bold=True), HEAD[column.means.is_figure]) for column in columns
    ]
    texts: list[list[str]] = []
    for row in table.rows:
        if len(texts) >= PDF_ROWS_MAX:
            raise TooManyRows(
                _("There are too many rows for a PDF. Please choose CSV or XLSX."),
                data={"limit": PDF_ROWS_MAX},
            )
        texts.append(_readable(table.cells(row), columns))
    rows = [[_cell(text, column) for text, column in zip(line, columns, strict=True)] for line in texts]
    look: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    if table.totals is not None:
        line = _readable(table.cells(table.totals), columns)
        texts.append(line)
        rows.append([_cell(text, column, is_bold=True) for text, column in zip(line, columns, strict=True)])
        look.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, INK))
    if not texts:
        return Paragraph(drawn(_("There is nothing to show.")), CELL[False])
    return LongTable(
        [head, *rows], colWidths=_widths(columns, texts, width), repeatRows=1, style=TableStyle(look)
    )


def _readable(cells: list[Any], columns: Sequence[Column]) -> list[str]:
    return [cell_readable(value, column) for value, column in zip(cells, columns, strict=True)]


def _cell(text: str, column: Column, *, is_bold: bool = False) -> Paragraph:
    return Paragraph(drawn(text, alternative="–", is_bold=is_bold), CELL[column.means.is_figure])


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]], width: float) -> list[float]:
    """Every column as wide as its longest text needs; where that is too much, long text gives way, figures do not."""
    needed, least = [], []
    for index, column in enumerate(columns):
        longest = max((text[index] for text in texts), key=len, default="")
        word = max(column.heading.split(), key=len, default="")
        head = stringWidth(word, BOLD, SMALL_SIZE + 1)
        body = stringWidth(longest, BOLD, TEXT_SIZE)
        pad = 2 * CELL_PADDING + 2
        needed.append(max(head, body) + pad)
        least.append((max(head, body) if column.means.is_figure else min(body, max(head, 40))) + pad)
    spare, wish = width - sum(least), sum(needed) - sum(least)
    if spare < 0:
        return [width * value / sum(least) for value in least]
    share = min(spare / wish, 1) if wish else 0
    widths = [small + (large - small) * share for small, large in zip(least, needed, strict=True)]
    left = max(width - sum(widths), 0) / len(widths)
    return [value + left for value in widths]


def _canvas_class(title: str) -> type[Canvas]:
    """A canvas that keeps its pages until it knows how many there are."""

    class Counted(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.kept, start=1):
                self.__dict__.update(page)
                self._foot(number, len(self.kept))
                super().showPage()
            super().save()

        def _foot(self, number: int, total: int) -> None:
            text = _("Page %(number)d of %(total)d") % {"number": number, "total": total}
            foot = Paragraph(drawn(text), _style("foot", SMALL_SIZE, textColor=SOFT, alignment=TA_RIGHT))
            name = Paragraph(drawn(title), _style("name", SMALL_SIZE, textColor=SOFT))
            for part, x, width in (
                (name, MARGIN, self._pagesize[0] / 2),
                (foot, self._pagesize[0] / 2, self._pagesize[0] / 2 - MARGIN),
            ):
                part.wrapOn(self, width, 10 * mm)
                part.drawOn(self, x, 9 * mm)

    return Counted
