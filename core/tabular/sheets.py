"""The lines of an XLSX or ODS file, through calamine, after a look at what it would unfold to."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from .exceptions import FileTooLarge, FileUnreadable

UNPACKED_BYTES_MAX = 200 * 1024 * 1024
CELLS_MAX = 2_000_000
"""calamine keeps the whole rectangle of a sheet, empty cells too."""
CHUNK_BYTES = 1024 * 1024
CELL_PLACE = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^>]*?\br=["']([A-Z]{0,7})(\d{1,12})["']""")
ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
LETTERS = 26


def sheet_lines(content: bytes, *, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[Any]]]:
    """The lines of the first sheet with their numbers as the spreadsheet shows them, cells typed.

    Raises `FileTooLarge` for a file that would unfold to more than fits, `FileUnreadable` for what is no workbook.
    """
    _weigh(content, max_rows=max_rows, max_columns=max_columns)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError) as error:
        raise FileUnreadable from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the library's own failure is no Exception
            raise
        raise FileUnreadable from error
    yield from enumerate(lines, start=1)


def _weigh(content: bytes, *, max_rows: int, max_columns: int) -> None:
    """Refuse a file that is small only while it is packed, or has cells far away from the others."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
                raise FileTooLarge
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/"):
                    _weigh_xlsx(archive, entry, max_rows=max_rows, max_columns=max_columns)
                elif entry.filename == "content.xml":
                    _weigh_ods(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ParseError, EOFError) as error:
        raise FileUnreadable from error


def _weigh_xlsx(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, max_rows: int, max_columns: int) -> None:
    last_row = last_column = 0
    with archive.open(entry) as part:
        rest = b""
        while chunk := part.read(CHUNK_BYTES):
            text = rest + chunk
            for letters, digits in CELL_PLACE.findall(text):
                last_row = max(last_row, int(digits))
                last_column = max(last_column, _column_number(letters))
            rest = text[-512:]
    if last_row > max_rows + 1_000:
        raise FileTooLarge(_("This file has too many rows: %(limit)d is the limit.") % {"limit": max_rows})
    if last_column > max_columns:
        raise FileTooLarge(
            _("This file has too many columns: %(limit)d is the limit.") % {"limit": max_columns}
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * LETTERS + letter - ord("A") + 1
    return number


def _weigh_ods(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Count the cells that repetitions stand for; empty ones at the end cost nothing and are usual."""
    rows_up_to_last = columns_up_to_last = pending = 0
    with archive.open(entry) as part:
        for _event, element in iterparse(part):  # noqa: S314 - expat refuses to unfold entities, and the size is capped
            if element.tag != f"{ODS_TABLE}table-row":
                continue
            rows = int(element.get(f"{ODS_TABLE}number-rows-repeated", "1"))
            width = _ods_width(element)
            element.clear()
            if not width:
                pending += rows
                continue
            rows_up_to_last, pending = rows_up_to_last + pending + rows, 0
            columns_up_to_last = max(columns_up_to_last, width)
            if rows_up_to_last * columns_up_to_last > CELLS_MAX:
                raise FileTooLarge


def _ods_width(row: Element) -> int:
    """Up to which column a row has values."""
    width = gap = 0
    for cell in row:
        times = int(cell.get(f"{ODS_TABLE}number-columns-repeated", "1"))
        if any(name.endswith(("}value-type", "}formula")) for name in cell.attrib) or len(cell):
            width, gap = width + gap + times, 0
        else:
            gap += times
    return width
