"""`{% load calendar %}{{ price|money_whole:currency }} {% arrival_query day nights party %}`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from babel.numbers import format_currency, get_currency_symbol
from django import template

from core.dates import StayDates
from core.formats import active_locale
from inventory.forms import stay_query
from inventory.types import Party

register = template.Library()


@register.filter
def money_whole(amount: Decimal | None, currency: str) -> str:
    """The amount in whole units, rounded up, in the reader's language; nothing if there is none.

    A cell of the calendar is 40 pixels wide on a small phone: a currency written with letters stands above instead.
    """
    if amount is None:
        return ""
    whole = amount.quantize(Decimal(1), rounding=ROUND_CEILING)
    locale = active_locale()
    pattern = "¤#,##0" if len(get_currency_symbol(currency, locale=locale)) == 1 else "#,##0"
    return format_currency(whole, currency, pattern, locale=locale, currency_digits=False)


@register.simple_tag
def arrival_query(day: date, nights: int, party: Party | None) -> str:
    """The query string of a stay of ``nights`` nights that arrives on ``day``, for two adults unless told."""
    stay = StayDates(day, day + timedelta(days=nights))
    return stay_query(stay=stay, party=party or Party(adults=2)).urlencode()
