"""Tables that leave the house and come into it: CSV, XLSX and PDF out, CSV, XLSX and ODS in.

    table = Table(
        columns=[Column("room", _("Room")), Column("revenue", _("Revenue"), "money", currency="EUR")],
        rows=[("Garden view", Decimal("120.00"))],
    )
    table_csv(table)    # bytes, piece by piece: rows are taken while they are written
    table_xlsx(table)   # a workbook; `xlsx_write` writes into a file, in constant memory
    table_pdf(table)    # a document to print, for tables that a person reads

    for row in rows_read(upload, columns=("name", "email"), required=("name",)):
        row.number, row["name"]

Text never becomes a formula in Excel, LibreOffice or Sheets, whatever a guest calls himself (`core.tabular.guarding`);
figures stay figures.
"""

from .csvs import table_csv
from .exceptions import FileTooLarge, FileUnreadable, TooManyRows
from .guarding import text_guarded, text_unguarded
from .pdfs import PDF_ROWS_MAX, table_pdf
from .reading import Row, rows_read
from .types import Column, Kind, Table
from .workbooks import table_xlsx, xlsx_write

__all__ = [
    "PDF_ROWS_MAX",
    "Column",
    "FileTooLarge",
    "FileUnreadable",
    "Kind",
    "Row",
    "Table",
    "TooManyRows",
    "rows_read",
    "table_csv",
    "table_pdf",
    "table_xlsx",
    "text_guarded",
    "text_unguarded",
    "xlsx_write",
]
