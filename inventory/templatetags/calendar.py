"""`{% load calendar %}{{ price|money_whole:currency }} {% arrival_query day nights party %}`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_symbol
from django import template
from django.utils.translation import get_language

from core.formats import active_locale
from inventory.forms import party_query
from inventory.types import Party

register = template.Library()


@register.filter
def money_whole(amount: Decimal | None, currency: str) -> str:
    """The amount in whole units, rounded up, in the reader's language; nothing if there is none.

    A cell of the calendar is 40 pixels wide on a small phone: a currency written with letters stands above instead.
    """
    return "" if amount is None else _whole(amount, currency, get_language())


@lru_cache(maxsize=4096)
def _whole(amount: Decimal, currency: str, language: str | None) -> str:
    whole = amount.quantize(Decimal(1), rounding=ROUND_CEILING)
    locale = active_locale(language)
    pattern = "¤#,##0" if len(get_currency_symbol(currency, locale=locale)) == 1 else "#,##0"
    return format_currency(whole, currency, pattern, locale=locale, currency_digits=False)


@register.simple_tag
def arrival_query(day: date, nights: int, party: Party | None) -> str:
    """The query string of a stay of ``nights`` nights that arrives on ``day``, for two adults unless told."""
    departure = day + timedelta(days=nights)
    return f"arrival={day.isoformat()}&departure={departure.isoformat()}&{_party_query(party or Party(adults=2))}"


@lru_cache(maxsize=1024)
def _party_query(party: Party) -> str:
    return party_query(party).urlencode()
