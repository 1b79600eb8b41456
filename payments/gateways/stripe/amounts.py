"""Amounts as Stripe writes them: whole numbers of its own smallest unit, which is not always the currency's.

Source: https://docs.stripe.com/currencies (zero-decimal and three-decimal currencies, special cases).
"""

from __future__ import annotations

from decimal import Decimal

from core.money import round_money
from payments.exceptions import AmountInvalid

ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Their last digit must be 0: Stripe takes 5.120 and 5.130 KWD, and nothing between."""
WHOLE_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Have no minor unit any more and are still told in hundredths: 5 ISK are 500."""


def amount_to_stripe(amount: Decimal, currency: str) -> int:
    """Return an amount in Stripe's smallest unit. Raises `AmountInvalid` for one that Stripe cannot take exactly."""
    units = amount.scaleb(_digits(currency))
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_IN_HUNDREDTHS else 1
    if units != int(units) or int(units) % step:
        raise AmountInvalid(field="amount", data={"currency": currency, "reason": "too_fine"})
    return int(units)


def amount_from_stripe(units: int, currency: str) -> Decimal:
    """Return what Stripe's whole number means. A fraction finer than the currency is kept, so that it is noticed."""
    amount = Decimal(units).scaleb(-_digits(currency))
    rounded = round_money(amount, currency)
    return rounded if rounded == amount else amount


def _digits(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2
