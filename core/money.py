"""Amounts of money: stored as decimals with room for three digits, rounded by one function to the currency's digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency, get_currency_name, get_currency_precision
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.formats import active_locale

MONEY_MAX_DIGITS = 14
MONEY_DECIMAL_PLACES = 3
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
NO_BREAK_SPACE = "\u00a0"

CURRENCY_CODES = (
    "AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP",
    "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KRW", "KWD", "MAD", "MXN", "MYR", "NOK", "NZD", "OMR",
    "PEN", "PHP", "PLN", "QAR", "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "VND",
    "ZAR",
)  # fmt: skip

CURRENCIES = tuple((code, f"{code} · {get_currency_name(code, locale='en')}") for code in CURRENCY_CODES)


class MoneyField(models.DecimalField):
    """An amount of money; its currency is a field beside it. Decimal, exact, never a float."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", MONEY_MAX_DIGITS)
        kwargs.setdefault("decimal_places", MONEY_DECIMAL_PLACES)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("max_digits") == MONEY_MAX_DIGITS:
            del kwargs["max_digits"]
        if kwargs.get("decimal_places") == MONEY_DECIMAL_PLACES:
            del kwargs["decimal_places"]
        return name, path, args, kwargs


@lru_cache(maxsize=256)
def currency_digits(currency: str) -> int:
    """Digits behind the point of a currency (EUR 2, JPY 0, KWD 3), from CLDR."""
    return get_currency_precision(currency)


@lru_cache(maxsize=256)
def currency_minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-currency_digits(currency))


def currency_validate(value: str) -> None:
    """Model and form validator. Raises `ValidationError` for a currency we do not know."""
    if value not in CURRENCY_CODES:
        raise ValidationError(
            _("%(value)s is not a currency we know."), code="currency", params={"value": value}
        )


def round_money(amount: Decimal | int, currency: str) -> Decimal:
    """The amount at the currency's minor unit, half away from zero. The only function that rounds money.

    Raises `TypeError` for a float: it has lost its cents already.
    """
    if isinstance(amount, float):
        raise TypeError("money is Decimal, not float")
    rounded = Decimal(amount).quantize(currency_minor_unit(currency), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


def split_money(amount: Decimal, currency: str, parts: int) -> list[Decimal]:
    """The amount in `parts` parts that sum to it exactly and differ by at most one minor unit, larger ones first.

    Raises `ValueError` if there is no part, or the amount is finer than the currency's minor unit.
    """
    if parts < 1:
        raise ValueError("money is split into at least one part")
    unit = currency_minor_unit(currency)
    units, rest = divmod(abs(amount), unit)
    if rest:
        raise ValueError("money is rounded before it is split")
    share, larger_parts = divmod(int(units), parts)
    sign = -1 if amount < 0 else 1
    return [sign * (share + (1 if part < larger_parts else 0)) * unit for part in range(parts)]


def share_money(amount: Decimal, currency: str, weights: Sequence[Decimal]) -> list[Decimal]:
    """The amount shared out in proportion to ``weights``, in whole minor units that sum to it exactly.

    What rounding down leaves goes to the largest remainders, the first among equals. Raises `ValueError` without a
    positive weight, for a negative one, and for an amount finer than the currency's minor unit.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("money is shared out by weights that are not negative and not all zero")
    unit = currency_minor_unit(currency)
    units, finer = divmod(abs(amount), unit)
    if finer:
        raise ValueError("money is rounded before it is shared out")
    exact = [units * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: int(units) - sum(shares)]:
        shares[place] += 1
    sign = -1 if amount < 0 else 1
    return [sign * share * unit for share in shares]


def format_money(amount: Decimal | int, currency: str, language: str | None = None) -> str:
    """The amount as people write it, in `language` or the active one: `€1,234.50`, `1.234,50 €`, `CHF 1,234.50`.

    CLDR wants a space between a letter and a digit, which babel leaves out.
    """
    return _written(amount, currency, language or get_language())


@lru_cache(maxsize=8192)
def _written(amount: Decimal | int, currency: str, language: str | None) -> str:
    """Write an amount; remembered, because a page has the same prices again and again."""
    text = format_currency(round_money(amount, currency), currency, locale=active_locale(language))
    return LETTER_BEFORE_DIGIT.sub(NO_BREAK_SPACE, text)


def format_money_short(amount: Decimal, currency: str) -> str:
    """A whole amount without its zeros (`€1,234`), any other as `format_money`: for axes, where room is scarce."""
    if amount != amount.to_integral_value():
        return format_money(amount, currency)
    locale = active_locale()
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    text = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return LETTER_BEFORE_DIGIT.sub(NO_BREAK_SPACE, text)
