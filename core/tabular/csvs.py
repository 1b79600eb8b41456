"""Tables as CSV: UTF-8, commas, every text in quotes, rows written as they come."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .cells import cell_plain
from .guarding import text_guarded
from .types import Column, Table

CHUNK_BYTES = 64 * 1024


class _Number(float):
    """A figure's exact text, which the writer leaves without quotes because it is a number."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> _Number:
        number = super().__new__(cls, 0.0)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def table_csv(table: Table, *, with_bom: bool = False) -> Iterator[bytes]:
    """The table as CSV with a line of headings, in pieces of some 64 KB; no more than one piece is ever held.

    Figures have a point and no quotes, dates are ISO, text is guarded (`text_guarded`). ``with_bom`` puts the mark in
    front by which Excel knows UTF-8. Totals are the last line.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    if with_bom:
        yield codecs.BOM_UTF8
    writer.writerow([text_guarded(column.heading) for column in table.columns])
    for line in table.lines():
        writer.writerow([_cell(value, column) for value, column in zip(line, table.columns, strict=True)])
        if buffer.tell() >= CHUNK_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: Any, column: Column) -> Any:
    text = cell_plain(value, column)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _Number(text)
    return text_guarded(text)
