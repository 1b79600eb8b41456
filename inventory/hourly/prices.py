"""What some hours of a space cost."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.dates import ONE_DAY, date_range, local_datetime, time_zone_get
from core.money import round_money

from .clock import Period

if TYPE_CHECKING:
    from inventory.models import Space, SpacePrice, Tax

MINUTES_AN_HOUR = 60
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: time at one price per hour (``kind`` "time"), or a tax (``kind`` "tax")."""

    kind: str
    label: str
    amount: Decimal
    is_included: bool = False
    period: Period | None = None
    hourly_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SpaceQuote:
    """What a space costs for a period, to the currency's minor unit. ``total`` holds ``tax_added``."""

    period: Period
    lines: tuple[PriceLine, ...]
    tax_added: Decimal
    total: Decimal
    currency: str

    @property
    def is_free(self) -> bool:
        return not self.total

    def as_json(self) -> dict[str, Any]:
        """The quote as a booking keeps it and programs read it."""
        return {
            "currency": self.currency,
            "total": str(self.total),
            "tax_added": str(self.tax_added),
            "lines": [
                {
                    "kind": line.kind,
                    "label": line.label,
                    "amount": str(line.amount),
                    "is_included": line.is_included,
                    "start": line.period.start.isoformat() if line.period else None,
                    "end": line.period.end.isoformat() if line.period else None,
                    "minutes": line.period.minutes if line.period else None,
                    "hourly_price": None if line.hourly_price is None else str(line.hourly_price),
                }
                for line in self.lines
            ],
        }


def space_quote(
    *,
    space: Space,
    prices: Collection[SpacePrice],
    tax: Tax | None,
    currency: str,
    time_zone: str,
    period: Period,
) -> SpaceQuote:
    """What ``period`` costs. ``prices`` are those by time, in their order; the space's own is for the rest.

    Formula: per stretch of one price, price per hour x minutes that really pass / 60, each rounded to the minor unit;
    an added tax is a percentage of their sum, an included one is total x percent / (100 + percent).
    """
    lines = [
        PriceLine(
            kind="time",
            label=space.name,
            amount=round_money(Decimal(price) * part.minutes / MINUTES_AN_HOUR, currency),
            period=part,
            hourly_price=round_money(price, currency),
        )
        for part, price in _parts(space, prices, time_zone, period)
    ]
    net = sum((line.amount for line in lines), Decimal(0))
    tax_added = Decimal(0)
    if tax is not None and net and _is_valid(tax, period.start.astimezone(time_zone_get(time_zone)).date()):
        share = tax.value / (100 + tax.value) if tax.is_included else tax.value / 100
        amount = round_money(net * share, currency)
        tax_added = Decimal(0) if tax.is_included else amount
        if amount:
            lines.append(PriceLine("tax", tax.name, amount, is_included=tax.is_included))
    return SpaceQuote(
        period=period,
        lines=tuple(lines),
        tax_added=round_money(tax_added, currency),
        total=round_money(net + tax_added, currency),
        currency=currency,
    )


def _parts(
    space: Space, prices: Collection[SpacePrice], time_zone: str, period: Period
) -> Iterator[tuple[Period, Decimal]]:
    """The period in stretches of one price per hour, in order."""
    zone = time_zone_get(time_zone)
    days = list(
        date_range(period.start.astimezone(zone).date(), period.end.astimezone(zone).date() + ONE_DAY)
    )
    edges = {period.start, period.end}
    for day in days:
        for rule in prices:
            for edge in (local_datetime(day, rule.starts, time_zone), _end(day, rule.ends, time_zone)):
                if period.start < edge < period.end:
                    edges.add(edge)
        midnight = local_datetime(day, MIDNIGHT, time_zone)
        if period.start < midnight < period.end:
            edges.add(midnight)
    ordered = sorted(edges)
    current: tuple[Period, Decimal] | None = None
    for start, end in itertools.pairwise(ordered):
        price = _price_at(start.astimezone(zone), space, prices)
        if current is not None and current[1] == price:
            current = (Period(current[0].start, end), price)
            continue
        if current is not None:
            yield current
        current = (Period(start, end), price)
    if current is not None:
        yield current


def _price_at(local: datetime, space: Space, prices: Collection[SpacePrice]) -> Decimal:
    clock = local.time().replace(fold=0)
    for rule in prices:
        fits_day = rule.weekday is None or rule.weekday == local.weekday()
        if fits_day and rule.starts <= clock and (clock < rule.ends or rule.ends == MIDNIGHT):
            return rule.hourly_price
    return space.hourly_price


def _end(day: date, ends: time, time_zone: str) -> datetime:
    return local_datetime(day + ONE_DAY if ends == MIDNIGHT else day, ends, time_zone)


def _is_valid(tax: Tax, day: date) -> bool:
    return (tax.valid_from is None or tax.valid_from <= day) and (
        tax.valid_until is None or day <= tax.valid_until
    )
