"""`{% load money %}{{ amount|money:currency }} {{ amount|money_plain:currency }}`."""

from decimal import Decimal

from django import template
from django.template.defaultfilters import floatformat

from core.money import currency_digits, format_money

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """The amount in the reader's language; nothing if there is no amount."""
    return "" if amount is None or amount == "" else format_money(amount, currency)


@register.filter
def money_plain(amount: Decimal | None, currency: str) -> str:
    """The amount without its currency, and without zeros that say nothing: for grids that name the currency once."""
    return "" if amount is None or amount == "" else floatformat(amount, -currency_digits(currency))
