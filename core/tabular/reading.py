"""Tables that people upload: CSV as any program writes it, XLSX and ODS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from .exceptions import FileTooLarge, FileUnreadable
from .guarding import text_unguarded
from .parsing import CellWrong, cell_parsed, cell_text
from .sheets import sheet_lines
from .texts import csv_lines
from .types import Column

BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 200
ERRORS_MAX = 20

ZIP_SIGNATURE = b"PK\x03\x04"

Line = tuple[int, Sequence[Any]]


class Row(dict[str, Any]):
    """One row by the keys of its columns. ``line`` is where it stands in the file, from 1, for messages."""

    __slots__ = ("line",)

    def __init__(self, line: int, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.line = line


def rows_read(
    file: IO[bytes],
    *,
    columns: Sequence[Column] = (),
    required: Sequence[str] = (),
    headings: Sequence[str] = (),
    max_bytes: int = BYTES_MAX,
    max_rows: int = ROWS_MAX,
) -> list[Row]:
    """The rows of an uploaded CSV, XLSX or ODS file; the first line with anything in it has the headings.

    With ``columns`` a heading is known by key or label, capital letters or not; what else is in the file is left out,
    and cells come as their kind says: text, `int`, `Decimal`, `date`, aware `datetime` (the active zone); an empty one
    is None, of text "". ``required`` names the columns that must be there and filled, ``headings``
    those that must be there. Without ``columns`` keys are the headings, and cells are text. Empty lines are left out.
    Apostrophes of `text_guarded` are taken off.

    Raises `FileTooLarge` (bytes, rows, columns), and `FileUnreadable` for no table, a missing or doubled heading, or
    wrong cells: the message names the first one's line and column, ``data["errors"]`` up to twenty.
    """
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise FileTooLarge(
            _("This file is too large: %(size)d MB is the limit.") % {"size": max_bytes // 1024 // 1024},
            data={"max_bytes": max_bytes},
        )
    lines = (sheet_lines if content.startswith(ZIP_SIGNATURE) else csv_lines)(
        content, max_rows=max_rows, max_columns=COLUMNS_MAX
    )
    filled = _filled(lines, max_rows)
    first = next(filled, None)
    if first is None:
        raise FileUnreadable(_("This file is empty."))
    return _rows(filled, _places(first, columns, (*required, *headings)), required)


def _filled(lines: Iterator[Line], max_rows: int) -> Iterator[Line]:
    """Lines with anything in them, up to the limit."""
    count = 0
    for number, cells in lines:
        if len(cells) > COLUMNS_MAX:
            raise FileTooLarge(
                _("This file has too many columns: %(limit)d is the limit.") % {"limit": COLUMNS_MAX}
            )
        if not any(cell not in (None, "") and str(cell).strip() for cell in cells):
            continue
        count += 1
        if count > max_rows + 1:
            raise FileTooLarge(
                _("This file has too many rows: %(limit)d is the limit.") % {"limit": max_rows},
                data={"max_rows": max_rows},
            )
        yield number, cells


def _places(first: Line, columns: Sequence[Column], required: Sequence[str]) -> dict[int, Column]:
    """Which column stands where in the file."""
    number, cells = first
    names = {
        name.casefold(): column
        for column in columns
        for name in (column.key, str(column.label), column.heading)
    }
    places: dict[int, Column] = {}
    for index, cell in enumerate(cells):
        heading = text_unguarded(cell_text(cell)).strip()
        column = names.get(heading.casefold()) if columns else (Column(heading, heading) if heading else None)
        if column is None:
            continue
        if column.key in {known.key for known in places.values()}:
            raise _wrong([_at(number, heading, _("This heading is there twice."))])
        places[index] = column
    found = {column.key for column in places.values()}
    missing = [column.heading for column in columns if column.key in required and column.key not in found]
    if missing:
        raise FileUnreadable(
            _("Line %(line)d has the headings, and these are missing: %(names)s.")
            % {"line": number, "names": ", ".join(missing)},
            data={"line": number, "missing": missing},
        )
    return places


def _rows(lines: Iterator[Line], places: dict[int, Column], required: Sequence[str]) -> list[Row]:
    rows, errors = [], []
    for number, cells in lines:
        values: dict[str, Any] = {}
        for index, column in places.items():
            cell = cells[index] if index < len(cells) else ""
            try:
                value = cell_parsed(cell, column)
            except CellWrong as error:
                errors.append(_at(number, column.heading, str(error)))
                continue
            if value in (None, "") and column.key in required:
                errors.append(_at(number, column.heading, _("This must be filled in.")))
            values[column.key] = value
        rows.append(Row(number, values))
        if len(errors) >= ERRORS_MAX:
            break
    if errors:
        raise _wrong(errors[:ERRORS_MAX])
    return rows


def _at(line: int, column: str, message: str) -> dict[str, Any]:
    return {"line": line, "column": column, "message": message}


def _wrong(errors: list[dict[str, Any]]) -> FileUnreadable:
    return FileUnreadable(
        _("Line %(line)d, column “%(column)s”: %(message)s") % errors[0],
        code="file_line_wrong",
        data={"errors": errors},
    )
