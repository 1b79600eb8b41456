"""What a cell of an uploaded table means."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .guarding import text_unguarded
from .types import Column, Kind

DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
SIGNS_OF_MONEY = re.compile(r"[A-Z]{3}|[\s'’€$£¥]")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}\Z")
EITHER = re.compile(r"[+-]?\d{1,3},\d{3}\Z")
MONTHS = 12


class CellWrong(Exception):
    """A cell does not hold what its column is for; the message says so to people."""


def cell_text(cell: Any) -> str:
    """A cell as text: numbers without the point that spreadsheets add, dates as ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return text_unguarded(str(cell)).replace("\x00", "")


def cell_parsed(cell: Any, column: Column) -> Any:
    """What a cell means in its column; None if it is empty, "" for text. Raises `CellWrong`."""
    text = cell_text(cell).strip()
    if column.means is Kind.TEXT:
        return text
    return PARSERS[column.means](text, cell) if text else None


def _decimal(text: str, cell: Any) -> Decimal:
    """A number with a point or a comma; one that may be either is refused rather than guessed."""
    plain = SIGNS_OF_MONEY.sub("", text).replace("\u2212", "-")
    if EITHER.match(plain):
        raise CellWrong(
            _("“%(text)s” may mean two numbers. Please write it without a sign between thousands.")
            % {"text": text}
        )
    if THOUSANDS.match(plain):
        plain = plain.replace(",", "")
    elif plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CellWrong(_("“%(text)s” is not a number.") % {"text": text})
    return number


def _integer(text: str, cell: Any) -> int:
    number = _decimal(text, cell)
    if number != number.to_integral_value() or abs(number) >= 10**15:
        raise CellWrong(_("“%(text)s” is not a whole number.") % {"text": text})
    return int(number)


def _share(text: str, cell: Any) -> Decimal:
    """A share: `75%` and 0.75 are the same."""
    return _decimal(text[:-1], cell) / 100 if text.endswith("%") else _decimal(text, cell)


def _date(text: str, cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        if found := DAY_FIRST.match(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        if (found := SLASHED.match(text)) and (parts := [int(part) for part in found.groups()]):
            first, second, year = parts
            if first == second or max(first, second) > MONTHS:
                return date(year, min(first, second), max(first, second))
        return date.fromisoformat(text)
    except ValueError as error:
        raise CellWrong(
            _("“%(text)s” is not a date. Please write it like 2026-12-31.") % {"text": text}
        ) from error


def _instant(text: str, cell: Any) -> datetime:
    try:
        moment = cell if isinstance(cell, datetime) else datetime.fromisoformat(text)
    except ValueError as error:
        raise CellWrong(
            _("“%(text)s” is not a time. Please write it like 2026-12-31 18:30.") % {"text": text}
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


PARSERS: dict[Kind, Callable[[str, Any], Any]] = {
    Kind.INT: _integer,
    Kind.NUMBER: _decimal,
    Kind.MONEY: _decimal,
    Kind.PERCENT: _share,
    Kind.DATE: _date,
    Kind.DATETIME: _instant,
}
