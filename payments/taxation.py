"""What of a folio's entries is net and what is tax: pure, over entries and the taxes of the house.

An entry falls into portions, each with one combination of taxes; portions of all entries together are the breakdown of
an invoice. Nothing is lost or invented: the portions of an entry sum to its amount to the cent, and so does every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import round_money, share_money
from payments.models import EntryKind, FolioEntry

from .types import TaxPart

ZERO = Decimal(0)
HUNDRED = Decimal(100)

TaxKey = tuple[str, Decimal | None]
"""A tax by name and percent; one that is a sum has no percent."""


@dataclass(frozen=True, slots=True)
class HouseTax:
    """A tax of the house as far as invoices need it; ``percent`` is None for taxes per person or room."""

    name: str
    percent: Decimal | None
    is_included: bool
    valid_from: date | None = None
    valid_until: date | None = None

    def on(self, night: date) -> bool:
        return (self.valid_from is None or self.valid_from <= night) and (
            self.valid_until is None or night <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of an amount with one combination of taxes (``key``): ``net`` and the amount of each tax."""

    key: tuple[TaxKey, ...]
    net: Decimal
    taxes: tuple[Decimal, ...]

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes, ZERO)

    def negated(self) -> Portion:
        return Portion(self.key, -self.net, tuple(-tax for tax in self.taxes))


def entries_portions(
    entries: Sequence[FolioEntry], *, taxes: Sequence[HouseTax], currency: str
) -> dict[int, tuple[Portion, ...]]:
    """The portions of each charge, tax, fee and reversal of a folio, by entry id; ``entries`` in order of posting.

    A reversal of one entry is that entry's opposite. One of the whole stay takes from everything that is left, in
    proportion, so that what is kept as a fee is taxed as the stay was.
    """
    found: dict[int, tuple[Portion, ...]] = {}
    left: dict[tuple[TaxKey, ...], list[Decimal]] = {}
    for entry in entries:
        if entry.kind == EntryKind.REVERSAL and entry.reverses_id in found:
            portions = tuple(portion.negated() for portion in found[entry.reverses_id])
        elif entry.kind == EntryKind.REVERSAL:
            portions = _reversal_portions(entry.amount, left, currency)
        elif entry.kind in (EntryKind.CHARGE, EntryKind.TAX, EntryKind.FEE):
            portions = _entry_portions(entry, taxes, currency)
        else:
            continue
        found[entry.pk] = portions
        for portion in portions:
            cells = left.setdefault(portion.key, [ZERO] * (1 + len(portion.key)))
            for place, amount in enumerate((portion.net, *portion.taxes)):
                cells[place] += amount
    return found


def room_tax_parts(
    amount: Decimal, *, on: date | None, taxes: Iterable[HouseTax], currency: str
) -> tuple[TaxPart, ...]:
    """What of a night's price is tax, by the percent taxes of the house; added ones are named only.

    Included percent taxes stand beside each other: of a price P with r and s included, r makes P x r / (100 + r + s).
    """
    counted = [tax for tax in taxes if tax.percent is not None and (on is None or tax.on(on))]
    together = sum((tax.percent or ZERO for tax in counted if tax.is_included), ZERO)
    return tuple(
        TaxPart(
            name=tax.name,
            percent=tax.percent,
            amount=round_money(amount * (tax.percent or ZERO) / (HUNDRED + together), currency)
            if tax.is_included
            else ZERO,
            is_added=not tax.is_included,
        )
        for tax in counted
    )


def breakdown(portions: Iterable[Portion]) -> list[dict[str, Any]]:
    """Rows by combination of taxes: net, tax and gross of each, whose sums are those of the portions exactly.

    A tax in an entry of its own joins the row of what it was added to. The highest rate comes first, untaxed last.
    """
    rows: dict[tuple[TaxKey, ...], list[Decimal]] = {}
    for portion in portions:
        cells = rows.setdefault(portion.key, [ZERO] * (1 + len(portion.key)))
        for place, amount in enumerate((portion.net, *portion.taxes)):
            cells[place] += amount
    for key in [
        key for key, cells in rows.items() if len(key) == 1 and not cells[0] and key[0][1] is not None
    ]:
        bases = [other for other in rows if other != key and key[0] in other]
        if not bases:
            continue
        base = max(bases, key=lambda other: abs(rows[other][0]))
        rows[base][1 + base.index(key[0])] += rows.pop(key)[1]
    ordered = sorted(rows.items(), key=lambda row: (-_rate(row[0]), row[0] == (), str(row[0])))
    return [_row(key, cells) for key, cells in ordered if any(cells)]


def tax_totals(portions: Iterable[Portion]) -> dict[TaxKey, Decimal]:
    """How much of each tax there is."""
    totals: dict[TaxKey, Decimal] = defaultdict(Decimal)
    for portion in portions:
        for key, amount in zip(portion.key, portion.taxes, strict=True):
            totals[key] += amount
    return dict(totals)


def _entry_portions(entry: FolioEntry, taxes: Sequence[HouseTax], currency: str) -> tuple[Portion, ...]:
    if entry.taxes is not None:
        parts = tuple(TaxPart.from_json(part) for part in entry.taxes)
    elif entry.kind == EntryKind.TAX:
        known = next((tax for tax in taxes if tax.name == entry.description), None)
        parts = (TaxPart(entry.description, known.percent if known else None, entry.amount),)
    elif entry.kind == EntryKind.FEE:
        parts = ()
    else:
        parts = room_tax_parts(entry.amount, on=entry.stay_date, taxes=taxes, currency=currency)
    return _portions(entry.amount, parts)


def _portions(amount: Decimal, parts: Sequence[TaxPart]) -> tuple[Portion, ...]:
    """One portion for what has percent taxes (or none), and one for each tax that is a sum."""
    sums = tuple(
        Portion(((part.name, None),), ZERO, (part.amount,))
        for part in parts
        if part.percent is None and part.amount
    )
    rated = sorted(
        (part for part in parts if part.percent is not None), key=lambda part: (part.name, part.percent)
    )
    net = amount - sum((part.amount for part in parts), ZERO)
    if not rated and not net:
        return sums
    key = tuple((part.name, part.percent) for part in rated)
    return (Portion(key, net, tuple(part.amount for part in rated)), *sums)


def _reversal_portions(
    amount: Decimal, left: Mapping[tuple[TaxKey, ...], Sequence[Decimal]], currency: str
) -> tuple[Portion, ...]:
    cells = [
        (key, place, value) for key, values in left.items() for place, value in enumerate(values) if value > 0
    ]
    if not cells:
        return (Portion((), amount, ()),)
    shares = share_money(amount, currency, [value for _key, _place, value in cells])
    taken: dict[tuple[TaxKey, ...], list[Decimal]] = {}
    for (key, place, _value), share in zip(cells, shares, strict=True):
        taken.setdefault(key, [ZERO] * (1 + len(key)))[place] = share
    return tuple(Portion(key, values[0], tuple(values[1:])) for key, values in taken.items())


def _rate(key: tuple[TaxKey, ...]) -> Decimal:
    return sum((percent or ZERO for _name, percent in key), ZERO)


def _row(key: tuple[TaxKey, ...], cells: Sequence[Decimal]) -> dict[str, Any]:
    net, *taxes = cells
    tax = sum(taxes, ZERO)
    return {
        "taxes": [
            {
                "name": name,
                "percent": None if percent is None else f"{percent.normalize():f}",
                "amount": str(amount),
            }
            for (name, percent), amount in zip(key, taxes, strict=True)
        ],
        "net": str(net),
        "tax": str(tax),
        "gross": str(net + tax),
    }
