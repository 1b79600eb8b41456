"""The kinds of lines of a quote, small functions each.

A line of a night is an amount, made of the terms of the night and the price so far, and the data its label is made
from. A line of the stay knows what every night came to. Another kind of line (an extra, a promotion, an age band) is
one more entry in `NIGHT_LINES` or `STAY_LINES`. Every line is rounded once, here, and no sum is rounded again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from core.money import round_money
from inventory.models.rates import AdjustmentKind, GuestKind, SpecialDayKind
from inventory.models.taxes import TaxKind
from inventory.types import QuoteLineKind, RoomParty

from .data import OccupancyDifference, PlanTerms, RoomTypeTerms, SpecialDayTerms, TaxTerms

ZERO = Decimal(0)
HUNDRED = Decimal(100)
NIGHTS_REMEMBERED = 65_536

Adjustment = tuple[str, Decimal]
"""A kind and a value, as models have them."""


class NightTerms(NamedTuple):
    """All that the amounts of one room's night depend on; equal terms have equal amounts, whichever house it is.

    ``base`` is the nightly rate of the plan, or of the plan it is derived from.
    """

    base: Decimal
    derived: Adjustment | None
    occupancy: tuple[Adjustment, ...]
    special_day: Adjustment | None
    discount_percent: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RoomNight:
    """What the labels of a night's lines speak of."""

    room_type: RoomTypeTerms
    plan: PlanTerms
    party: RoomParty
    special_day: SpecialDayTerms | None
    discount_percent: Decimal


@dataclass(frozen=True, slots=True)
class Draft:
    """A line of the stay before it has a label: its amount is rounded, ``data`` is what the label is made from."""

    kind: str
    amount: Decimal
    data: dict[str, Any] = field(default_factory=dict)
    is_included: bool = False


@dataclass(frozen=True, slots=True)
class PricedNights:
    """What the nights of a stay came to, all rooms together, and who sleeps there."""

    prices: Mapping[date, Decimal]
    parties: tuple[RoomParty, ...]
    taxes: tuple[TaxTerms, ...]
    currency: str


def room_amount(night: NightTerms, _price: Decimal) -> Decimal:
    """Price the room: rate → derived plan → occupancy. The differences of adults and children do not compound."""
    price = night.base
    if night.derived is not None:
        price += _difference(night.derived, price)
    if night.occupancy:
        price += sum((_difference(entry, price) for entry in night.occupancy), ZERO)
    return max(price, ZERO)


def room_data(night: RoomNight) -> dict[str, Any]:
    """Name what is let to whom."""
    return {
        "room_type": night.room_type.name,
        "rate_plan": night.plan.name,
        "adults": night.party.adults,
        "children": night.party.children,
    }


def special_day_amount(night: NightTerms, price: Decimal) -> Decimal:
    """Price what a special night costs more, or less."""
    if night.special_day is None:
        return ZERO
    kind, value = night.special_day
    return price * (value - 1) if kind == SpecialDayKind.MULTIPLIER else value


def special_day_data(night: RoomNight) -> dict[str, Any]:
    """Name the day."""
    day = night.special_day
    return {"name": day.name, "kind": str(day.kind), "value": str(day.value)} if day else {}


def member_discount_amount(night: NightTerms, price: Decimal) -> Decimal:
    """Take off the member's percentage."""
    return -(price * night.discount_percent / HUNDRED)


def member_discount_data(night: RoomNight) -> dict[str, Any]:
    """Name the percentage."""
    return {"percent": str(night.discount_percent)}


class NightLine(NamedTuple):
    """A kind of line: its unrounded amount, given the price so far, and the data of its label."""

    kind: str
    amount: Callable[[NightTerms, Decimal], Decimal]
    data: Callable[[RoomNight], dict[str, Any]]


NIGHT_LINES = (
    NightLine(QuoteLineKind.ROOM, room_amount, room_data),
    NightLine(QuoteLineKind.SPECIAL_DAY, special_day_amount, special_day_data),
    NightLine(QuoteLineKind.MEMBER_DISCOUNT, member_discount_amount, member_discount_data),
)


@lru_cache(maxsize=NIGHTS_REMEMBERED)
def night_price(night: NightTerms) -> Decimal:
    """Sum the lines of a night."""
    return sum((amount for _line, amount in night_amounts(night)), ZERO)


def night_amounts(night: NightTerms) -> tuple[tuple[NightLine, Decimal], ...]:
    """Return the lines of a night with their amounts; the first is the room, lines of no amount are left out."""
    lines: list[tuple[NightLine, Decimal]] = []
    price = ZERO
    for line in NIGHT_LINES:
        amount = round_money(line.amount(night, price), night.currency)
        if amount or not lines:
            lines.append((line, amount))
            price += amount
    return tuple(lines)


def occupancy_differences(room_type: RoomTypeTerms, party: RoomParty) -> tuple[Adjustment, ...]:
    """Return what the guests change of the price.

    A number of guests without a difference of its own has that of the next number towards the standard.
    """
    adults, standard = party.adults, room_type.standard_occupancy
    if not room_type.occupancy or (adults == standard and not party.children_ages):
        return ()
    found: list[OccupancyDifference] = []
    if adults > standard:
        found += _last(room_type, GuestKind.ADULTS, range(standard + 1, adults + 1))
    elif adults < standard:
        found += _last(room_type, GuestKind.ADULTS, range(standard - 1, adults - 1, -1))
    if party.children:
        found += _last(room_type, GuestKind.CHILDREN, range(1, party.children + 1))
    return tuple((entry.kind, entry.value) for entry in found)


def tax_lines(stay: PricedNights) -> list[Draft]:
    """Tax the stay, one line for each tax of the house, in its order."""
    drafts = []
    for tax in stay.taxes:
        nights = [night for night in stay.prices if tax.on(night)]
        if tax.kind == TaxKind.PERCENT:
            amount = _percent_tax(tax, nights, stay)
            data: dict[str, Any] = {"nights": len(nights)}
        else:
            counted = len(nights) if tax.max_nights is None else min(len(nights), tax.max_nights)
            if tax.kind == TaxKind.PERSON_NIGHT:
                units = sum(party.guests_from_age(tax.min_age) for party in stay.parties)
                data = {"nights": counted, "guests": units}
            else:
                units = len(stay.parties)
                data = {"nights": counted, "rooms": units}
            amount = tax.value * units * counted
        drafts.append(
            Draft(
                kind=QuoteLineKind.TAX,
                amount=round_money(amount, stay.currency),
                data={"tax": tax.id, "name": tax.name, "kind": str(tax.kind), "value": str(tax.value)} | data,
                is_included=tax.is_included,
            )
        )
    return drafts


STAY_LINES = (tax_lines,)


def stay_drafts(stay: PricedNights) -> tuple[Draft, ...]:
    """Draft every line of the stay as a whole; lines of no amount are left out."""
    return tuple(draft for line in STAY_LINES for draft in line(stay) if draft.amount)


def _difference(adjustment: Adjustment, price: Decimal) -> Decimal:
    kind, value = adjustment
    return price * value / HUNDRED if kind == AdjustmentKind.PERCENT else value


def _last(room_type: RoomTypeTerms, guests: str, counts: range) -> list[OccupancyDifference]:
    """The difference for the last of ``counts`` that has one, if any."""
    by_count = {entry.count: entry for entry in room_type.occupancy if entry.guests == guests}
    known = [by_count[count] for count in counts if count in by_count]
    return known[-1:]


def _percent_tax(tax: TaxTerms, nights: list[date], stay: PricedNights) -> Decimal:
    """Percent of the prices if added; the part of the prices that it makes up if included.

    Included percent taxes stand beside each other, not on top: of a price P with rates r and s included, the tax
    of rate r is P x r / (100 + r + s).
    """
    if not tax.is_included:
        return sum((stay.prices[night] for night in nights), ZERO) * tax.value / HUNDRED
    amount = ZERO
    for night in nights:
        included = sum(
            other.value
            for other in stay.taxes
            if other.is_included and other.kind == TaxKind.PERCENT and other.on(night)
        )
        amount += stay.prices[night] * tax.value / (HUNDRED + included)
    return amount
