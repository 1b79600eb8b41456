"""`{% load money %}{{ amount|money:currency }}`."""

from decimal import Decimal

from django import template

from core.money import format_money

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """The amount in the reader's language; nothing if there is no amount."""
    return "" if amount is None or amount == "" else format_money(amount, currency)
