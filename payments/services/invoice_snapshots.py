"""What is printed on an invoice, frozen: lines, taxes by rate, the house and what was paid. No queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.money import round_money
from inventory.models import Property
from payments.models import EntryKind, FolioEntry, Invoice
from payments.selectors import MONEY_KINDS
from payments.taxation import HouseTax, Portion, breakdown, entries_portions

_AMOUNTS = ("net", "tax", "gross")


@dataclass(frozen=True, slots=True)
class InvoiceFigures:
    """Lines and their sums; ``breakdown`` has a row for each combination of taxes."""

    lines: list[dict[str, Any]]
    breakdown: list[dict[str, Any]]
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @classmethod
    def taken_back(cls, invoice: Invoice) -> InvoiceFigures:
        """The opposite of an invoice, line by line."""
        return cls(
            lines=[_negated(line) for line in invoice.lines],
            breakdown=[_negated(row) for row in invoice.breakdown],
            net=-invoice.net,
            tax=-invoice.tax,
        )


def figures_of(
    chosen: Sequence[FolioEntry],
    *,
    entries: Sequence[FolioEntry],
    taxes: Sequence[HouseTax],
    currency: str,
    time_zone: str,
) -> InvoiceFigures:
    """The figures of an invoice over the ``chosen`` ones of a folio's ``entries``."""
    portions = entries_portions(entries, taxes=taxes, currency=currency)
    of_chosen = [portion for entry in chosen for portion in portions[entry.pk]]
    return InvoiceFigures(
        lines=[_line(entry, portions[entry.pk], currency, time_zone) for entry in chosen],
        breakdown=[_rounded(row, currency) for row in breakdown(of_chosen)],
        net=sum((portion.net for portion in of_chosen), Decimal(0)),
        tax=sum((portion.tax for portion in of_chosen), Decimal(0)),
    )


def house_snapshot(house: Property) -> dict[str, str]:
    """The house as it is printed; ``logo`` is the name of the file in the storage."""
    return {
        "name": house.name,
        "legal_name": house.legal_name,
        "address": house.address,
        "postal_code": house.postal_code,
        "city": house.city,
        "country": house.country,
        "email": house.email,
        "phone": str(house.phone),
        "tax_number": house.tax_number,
        "footer": house.invoice_footer,
        "brand_color": house.brand_color,
        "logo": house.logo.name or "",
    }


def payments_snapshot(
    entries: Sequence[FolioEntry], *, currency: str, time_zone: str
) -> list[dict[str, str]]:
    """What was paid (positive) and given back (negative), in the order of posting."""
    zone = ZoneInfo(time_zone)
    return [
        {
            "date": entry.created_at.astimezone(zone).date().isoformat(),
            "kind": entry.kind,
            "method": entry.payment.method if entry.payment else "",
            "amount": str(round_money(-entry.amount, currency)),
        }
        for entry in entries
        if entry.kind in MONEY_KINDS
    ]


def _line(entry: FolioEntry, portions: Sequence[Portion], currency: str, time_zone: str) -> dict[str, Any]:
    day = entry.stay_date or entry.created_at.astimezone(ZoneInfo(time_zone)).date()
    tax = sum((portion.tax for portion in portions), Decimal(0))
    return {
        "entry": entry.pk,
        "kind": EntryKind(entry.kind).value,
        "date": day.isoformat(),
        "is_night": entry.stay_date is not None,
        "description": entry.description,
        "quantity": entry.quantity,
        "taxes": [
            {"name": name, "percent": None if percent is None else f"{percent.normalize():f}"}
            for portion in portions
            for name, percent in portion.key
        ],
        "net": str(round_money(entry.amount - tax, currency)),
        "tax": str(round_money(tax, currency)),
        "gross": str(round_money(entry.amount, currency)),
    }


def _rounded(row: dict[str, Any], currency: str) -> dict[str, Any]:
    """Amounts at the currency's digits: they are whole minor units already."""
    taxes = [{**tax, "amount": str(round_money(Decimal(tax["amount"]), currency))} for tax in row["taxes"]]
    return {**{name: str(round_money(Decimal(row[name]), currency)) for name in _AMOUNTS}, "taxes": taxes}


def _negated(row: dict[str, Any]) -> dict[str, Any]:
    negated = {**row, **{name: _minus(row[name]) for name in _AMOUNTS}}
    negated["taxes"] = [
        {**tax, "amount": _minus(tax["amount"])} if "amount" in tax else tax for tax in row["taxes"]
    ]
    return negated


def _minus(amount: str) -> str:
    value = -Decimal(amount)
    return str(abs(value) if value.is_zero() else value)
