"""The lines of a CSV file, whatever program wrote it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .exceptions import FileUnreadable

DELIMITERS = ",;\t|"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FIELD_LETTERS_MAX = 32_767


def csv_lines(content: bytes, *, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file with their numbers, from 1: a row that has line breaks counts from its last line.

    UTF-8 and UTF-16 by their marks, else UTF-8, else the Windows code page of western Europe. The delimiter is what
    cuts the first line into most cells; `sep=;` in front says it. Raises `FileUnreadable`.
    """
    text = _decoded(content)
    delimiter, start = _delimiter(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=False)
    lines_before = 1 if start else 0
    try:
        for cells in reader:
            if any(len(cell) > FIELD_LETTERS_MAX for cell in cells):
                raise csv.Error("a cell is too long")
            yield reader.line_num + lines_before, cells
    except csv.Error as error:
        raise FileUnreadable(
            _("Line %(line)d of this file cannot be read.") % {"line": reader.line_num + lines_before},
            data={"line": reader.line_num + lines_before},
        ) from error


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in BOMS if content.startswith(mark)), "utf-8")
    if encoding == "utf-8" and b"\x00" in content:
        raise FileUnreadable
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise FileUnreadable from None
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> tuple[str, int]:
    """What separates cells, and where the table begins."""
    first, _rest, _more = text.lstrip("\r\n").partition("\n")
    stated = first.strip().strip('"').casefold()
    if stated.startswith("sep=") and len(stated) == len("sep=") + 1:
        return stated[-1], text.index("\n") + 1 if "\n" in text else len(text)
    if text.strip("\r\n ")[:4].casefold() == "sep=" and first.rstrip("\r").endswith("\t"):
        return "\t", text.index("\n") + 1
    counts = {sign: len(next(csv.reader([first], delimiter=sign), [])) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: counts[sign]), 0
