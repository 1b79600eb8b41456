"""One cell as text: for programs (CSV), and for people (PDF)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language

from core.formats import active_locale
from core.money import format_money, round_money

from .types import Column, Kind

NO_FIGURE = "–"


def plain_number(value: Decimal | float, column: Column) -> str:
    """A number with a point and no other sign; money at its currency's digits, a share (0.753) at those of 75.3 %."""
    if column.means is Kind.MONEY and column.currency and not isinstance(value, float):
        value = round_money(value, column.currency)
    elif column.digits is not None:
        digits = column.digits + 2 if column.means is Kind.PERCENT else column.digits
        value = round(Decimal(str(value)), digits)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def cell_plain(value: Any, column: Column) -> str:
    """A cell for programs: ISO dates, instants with their offset in the active zone, plain numbers; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return plain_number(value, column)
    return str(value)


def cell_readable(value: Any, column: Column) -> str:
    """A cell for people in the active language; a dash where there is no figure, "" where there is no text."""
    if value is None or value == "":
        return NO_FIGURE if column.means.is_figure else ""
    locale = active_locale()
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return format_datetime(local, "short", locale=locale)
    if isinstance(value, date):
        return format_date(value, "medium", locale=locale)
    if isinstance(value, (int, float, Decimal)):
        return number_readable(Decimal(str(value)), column)
    return str(value)


def number_readable(value: Decimal, column: Column) -> str:
    """A figure as people write it: `€1,234.50`, `75.3 %`, `1,234`. Remembered: a page has thousands of them."""
    exponent = value.as_tuple().exponent
    return _number_readable(value, exponent, column.means, column.currency, column.digits, get_language())


@lru_cache(maxsize=20_000)
def _number_readable(
    value: Decimal, _exponent: int | str, kind: Kind, currency: str, digits: int | None, _language: str | None
) -> str:
    """Write a figure; 1.0 and 1.00 are different ones."""
    locale = active_locale()
    if kind is Kind.MONEY and currency:
        return format_money(value, currency)
    if kind is Kind.PERCENT:
        zeros = "0" * (1 if digits is None else digits)
        pattern = locale.percent_formats[None].pattern.replace("#,##0", f"#,##0.{zeros}".rstrip("."))
        return format_percent(value, pattern, locale=locale)
    if digits is None:
        digits = {Kind.MONEY: 2, Kind.NUMBER: 1}.get(kind)
    if digits is None:
        return format_decimal(value, locale=locale)
    return format_decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), locale=locale)
