"""What of a stay's charges is tax, as it was sold: from the lines of its quote, never from the taxes of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.money import share_money
from inventory.models.taxes import TaxKind
from payments.types import TaxPart

UNKNOWN = None
"""Of a tax that was not for every night of the stay the quote does not say which nights: invoices work it out."""


def night_taxes(
    lines: Sequence[Mapping[str, Any]], *, prices: Sequence[Decimal], currency: str, length: int
) -> list[tuple[TaxPart, ...] | None]:
    """The taxes contained in each room's night, and those added to it by name; None where the quote does not say.

    What the quote has for the whole stay is shared out over the nights by their prices (a sum per person evenly), so
    that the nights sum to the quote to the cent. ``length`` is the number of nights.
    """
    found: list[list[TaxPart]] = [[] for _price in prices]
    priced = sum(prices, Decimal(0)) > 0
    for line in lines:
        if line["kind"] != "tax":
            continue
        data = line.get("data") or {}
        if "name" not in data or not priced:
            return [UNKNOWN] * len(prices)
        is_percent = data.get("kind") == TaxKind.PERCENT
        if is_percent and data.get("nights") != length:
            return [UNKNOWN] * len(prices)
        if not line["is_included"]:
            if is_percent:
                for parts in found:
                    parts.append(TaxPart(data["name"], Decimal(data["value"]), Decimal(0), is_added=True))
            continue
        weights = list(prices) if is_percent else [Decimal(1)] * len(prices)
        shares = share_money(Decimal(line["amount"]), currency, weights)
        for parts, share in zip(found, shares, strict=True):
            parts.append(TaxPart(data["name"], Decimal(data["value"]) if is_percent else None, share))
    if not any(line["kind"] != "tax" for line in lines):
        return [UNKNOWN] * len(prices)  # imported without its quote
    return [tuple(parts) for parts in found]


def tax_added(line: Mapping[str, Any]) -> TaxPart:
    """The tax that an entry of its own is."""
    data = line.get("data") or {}
    is_percent = data.get("kind") == TaxKind.PERCENT
    return TaxPart(
        name=data.get("name") or line["label"],
        percent=Decimal(data["value"]) if is_percent else None,
        amount=Decimal(line["amount"]),
    )
