"""Tables as XLSX: typed cells, a frozen heading, filters, and columns as wide as what is in them."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format

from core.money import currency_digits

from .cells import cell_readable
from .exceptions import TooManyRows
from .guarding import is_dangerous
from .types import Column, Kind, Table

XLSX_ROWS_MAX = 1_048_576
XLSX_TEXT_MAX = 32_767
SHEET_NAME_MAX = 31
ROWS_MEASURED = 200
WIDTH_MIN, WIDTH_MAX = 9, 60
EXCEL_FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900; days before it are written as text."""


def table_xlsx(table: Table) -> bytes:
    """The table as a workbook. Raises `TooManyRows`."""
    buffer = io.BytesIO()
    xlsx_write(table, buffer)
    return buffer.getvalue()


def xlsx_write(table: Table, file: IO[bytes]) -> int:
    """Write the table as a workbook into a file, in constant memory; how many rows it has without heading and totals.

    Text is written as text and never as a formula, a link or a number; what a spreadsheet would compute when somebody
    edits the cell keeps an apostrophe before it. Raises `TooManyRows` beyond Excel's 1,048,576 lines.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        return _Sheet(book, table).write()


class _Sheet:
    """The sheet of the table, and one that says what it shows."""

    def __init__(self, book: xlsxwriter.Workbook, table: Table) -> None:
        self.book, self.table = book, table
        self.sheet = book.add_worksheet(_sheet_name(table.title))
        self.heading = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EFEADF"}
        )
        self.heading_right = book.add_format(
            {
                "bold": True,
                "bottom": 1,
                "text_wrap": True,
                "valign": "top",
                "bg_color": "#EFEADF",
                "align": "right",
            }
        )
        self.formats = [self._formats(column) for column in table.columns]
        self.widths = [0] * len(table.columns)

    def _formats(self, column: Column) -> tuple[Format, Format, Format, Format]:
        """How a cell of the column looks: usual, in the totals, as text that would be computed, the same in totals."""
        look = {"num_format": _number_format(column)}
        total = {"bold": True, "top": 1}
        return (
            self.book.add_format(look),
            self.book.add_format(look | total),
            self.book.add_format({"num_format": "@", "quote_prefix": True}),
            self.book.add_format({"num_format": "@", "quote_prefix": True} | total),
        )

    def write(self) -> int:
        for index, column in enumerate(self.table.columns):
            is_figure = column.means.is_figure
            self._text(0, index, column.heading, self.heading_right if is_figure else self.heading)
            self.widths[index] = min(len(column.heading) + 3, WIDTH_MAX)
        count = 0
        for row in self.table.rows:
            count += 1
            self._line(count, self.table.cells(row), is_total=False)
        if count and self.table.columns:
            self.sheet.autofilter(0, 0, count, len(self.table.columns) - 1)
        if self.table.totals is not None:
            self._line(count + 1, self.table.cells(self.table.totals), is_total=True)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.set_paper(9)
        if len(self.table.columns) > 6:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        for index, width in enumerate(self.widths):
            self.sheet.set_column(index, index, min(max(width, WIDTH_MIN), WIDTH_MAX))
        self._about()
        return count

    def _line(self, number: int, cells: list[Any], *, is_total: bool) -> None:
        if number >= XLSX_ROWS_MAX:
            raise TooManyRows(data={"limit": XLSX_ROWS_MAX - 1})
        for index, (value, column) in enumerate(zip(cells, self.table.columns, strict=True)):
            self._cell(number, index, value, is_total=is_total)
            if number <= ROWS_MEASURED or is_total:
                longest = max(map(len, cell_readable(value, column).splitlines() or [""]))
                self.widths[index] = max(self.widths[index], longest + 2)

    def _cell(self, row: int, index: int, value: Any, *, is_total: bool) -> None:
        usual, total, text, text_total = self.formats[index]
        look = total if is_total else usual
        if value is None or value == "":
            self.sheet.write_blank(row, index, None, look)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, index, value, look)
        elif isinstance(value, (int, float, Decimal)) and -(10**15) < value < 10**15:
            self.sheet.write_number(row, index, value, look)
        elif isinstance(value, datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            self._day(row, index, local.replace(tzinfo=None), look)
        elif isinstance(value, date):
            self._day(row, index, value, look)
        else:
            words = str(value)
            self._text(row, index, words, (text_total if is_total else text) if is_dangerous(words) else look)

    def _day(self, row: int, index: int, value: date, look: Format) -> None:
        if (value.date() if isinstance(value, datetime) else value) < EXCEL_FIRST_DAY:
            self._text(row, index, value.isoformat(), look)
        else:
            self.sheet.write_datetime(row, index, value, look)

    def _text(self, row: int, index: int, words: str, look: Format) -> None:
        if len(words) > XLSX_TEXT_MAX:
            words = words[: XLSX_TEXT_MAX - 1] + "…"
        self.sheet.write_string(row, index, words, look)

    def _about(self) -> None:
        """A second sheet that says what the first one shows."""
        if not self.table.about:
            return
        sheet = self.book.add_worksheet(_("About")[:SHEET_NAME_MAX])
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        bold = self.book.add_format({"bold": True, "valign": "top"})
        text = self.book.add_format(
            {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}
        )
        for row, (label, words) in enumerate(self.table.about):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, words[:XLSX_TEXT_MAX], text)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: not too long, without the signs of addresses, not reserved."""
    name = "".join(" " if letter in r"[]:*?/\\" or not letter.isprintable() else letter for letter in title)
    name = " ".join(name.split()).strip("'")[:SHEET_NAME_MAX].strip("' ")
    return name if name and name.casefold() != "history" else _("Table")


def _number_format(column: Column) -> str:
    digits = column.digits
    match column.means:
        case Kind.MONEY:
            digits = (
                currency_digits(column.currency) if column.currency else (2 if digits is None else digits)
            )
            return "#,##0" + ("." + "0" * digits if digits else "")
        case Kind.PERCENT:
            return "0." + "0" * (1 if digits is None else digits) + "%" if digits != 0 else "0%"
        case Kind.NUMBER:
            digits = 1 if digits is None else digits
            return "#,##0" + ("." + "0" * digits if digits else "")
        case Kind.INT:
            return "#,##0"
        case Kind.DATE:
            return "yyyy-mm-dd"
        case Kind.DATETIME:
            return "yyyy-mm-dd hh:mm"
        case _:
            return "@"
