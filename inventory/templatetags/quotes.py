"""`{% load quotes %}`: rows of a quote, sentences of its terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.conf import settings
from django.utils import translation

from inventory import presentation
from inventory.models import RatePlan
from inventory.pricing.policies import cancellation_free_until
from inventory.selectors.summaries import RatePlanSummary

register = template.Library()


@register.simple_tag
def quote_sheet(quote: Mapping[str, Any]) -> presentation.QuoteSheet:
    """`{% quote_sheet quote as sheet %}`: the rows of a quote's JSON."""
    return presentation.quote_sheet(quote)


@register.simple_tag
def policy_tiers(terms: Mapping[str, Any], currency: str) -> list[str]:
    """`{% policy_tiers terms currency as tiers %}`: a sentence for each tier."""
    return presentation.policy_sentences(terms, currency)


@register.filter
def free_until(terms: Mapping[str, Any]) -> datetime | None:
    """The instant until which cancelling is free; none if it never is or the terms are not known."""
    return cancellation_free_until(terms) if terms.get("tiers") else None


@register.filter
def in_zone(at: datetime | None, time_zone: str) -> str:
    """The instant by the property's clock."""
    return presentation.instant_text(at, time_zone) if at else ""


@register.filter
def decimal(amount: str | Decimal | None) -> Decimal | None:
    """The amount of a quote's JSON as a number; nothing if it is none."""
    try:
        return Decimal(str(amount))
    except InvalidOperation:
        return None


@register.filter
def with_board(plan: RatePlan | RatePlanSummary) -> str:
    """The plan's name and its meals, unless the name tells them already: "Flexible, half board"."""
    board = plan.get_board_display()
    with translation.override(settings.LANGUAGE_CODE):
        names = {board.casefold(), plan.get_board_display().casefold()}
    return plan.name if any(name in plan.name.casefold() for name in names) else f"{plan.name}, {board}"
