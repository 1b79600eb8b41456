"""The kinds of lines of a quote, one small function each.

A line of a night knows the room, the plan, the night and the price so far; a line of the stay knows what every night
came to. Another kind of line (an extra, a promotion, an age band) is one more function in `NIGHT_LINES` or
`STAY_LINES`. Every line is rounded once, here, and nothing that is summed is rounded again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import round_money
from inventory.models.rates import AdjustmentKind, GuestKind, SpecialDayKind
from inventory.models.taxes import TaxKind
from inventory.types import QuoteLineKind, RoomParty

from .data import OccupancyDifference, PlanTerms, RoomTypeTerms, SpecialDayTerms, TaxTerms

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before it has a label: its amount is rounded, ``data`` is what the label is made from."""

    kind: str
    amount: Decimal
    data: dict[str, Any] = field(default_factory=dict)
    is_included: bool = False


@dataclass(frozen=True, slots=True)
class RoomNight:
    """One room on one night; ``base`` is the nightly rate of the plan, or of the plan it is derived from."""

    base: Decimal
    room_type: RoomTypeTerms
    plan: PlanTerms
    party: RoomParty
    special_day: SpecialDayTerms | None
    discount_percent: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PricedNights:
    """What the nights of a stay came to, all rooms together, and who sleeps there."""

    prices: Mapping[date, Decimal]
    parties: tuple[RoomParty, ...]
    taxes: tuple[TaxTerms, ...]
    currency: str


def room_line(night: RoomNight, _price: Decimal) -> Draft | None:
    """Price the room: rate → derived plan → occupancy. The differences of adults and children do not compound."""
    price = night.base
    if night.plan.derived_from_id is not None:
        price += _difference(night.plan.derived_kind, night.plan.derived_value, price)
    price += sum(
        (_difference(entry.kind, entry.value, price) for entry in _occupancy(night.room_type, night.party)),
        ZERO,
    )
    return Draft(
        kind=QuoteLineKind.ROOM,
        amount=round_money(max(price, ZERO), night.currency),
        data={
            "room_type": night.room_type.name,
            "rate_plan": night.plan.name,
            "adults": night.party.adults,
            "children": night.party.children,
        },
    )


def special_day_line(night: RoomNight, price: Decimal) -> Draft | None:
    """Add what a special night costs more, or less."""
    day = night.special_day
    if day is None:
        return None
    change = price * (day.value - 1) if day.kind == SpecialDayKind.MULTIPLIER else day.value
    return Draft(
        kind=QuoteLineKind.SPECIAL_DAY,
        amount=round_money(change, night.currency),
        data={"name": day.name, "kind": str(day.kind), "value": str(day.value)},
    )


def member_discount_line(night: RoomNight, price: Decimal) -> Draft | None:
    """Take off the member's percentage, where the plan gives it."""
    if not night.plan.member_discount or not night.discount_percent:
        return None
    return Draft(
        kind=QuoteLineKind.MEMBER_DISCOUNT,
        amount=-round_money(price * night.discount_percent / HUNDRED, night.currency),
        data={"percent": str(night.discount_percent)},
    )


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


NIGHT_LINES = (room_line, special_day_line, member_discount_line)
STAY_LINES = (tax_lines,)


def night_drafts(night: RoomNight) -> tuple[Draft, ...]:
    """Draft every line of a night; the first is the room, lines of no amount are left out."""
    drafts: list[Draft] = []
    price = ZERO
    for line in NIGHT_LINES:
        draft = line(night, price)
        if draft is not None and (draft.amount or not drafts):
            drafts.append(draft)
            price += draft.amount
    return tuple(drafts)


def stay_drafts(stay: PricedNights) -> tuple[Draft, ...]:
    """Draft every line of the stay as a whole; lines of no amount are left out."""
    return tuple(draft for line in STAY_LINES for draft in line(stay) if draft.amount)


def _difference(kind: str, value: Decimal, price: Decimal) -> Decimal:
    return price * value / HUNDRED if kind == AdjustmentKind.PERCENT else value


def _occupancy(room_type: RoomTypeTerms, party: RoomParty) -> list[OccupancyDifference]:
    """The differences that count; a number of guests without one of its own has that of the next towards normal."""
    adults, standard = party.adults, room_type.standard_occupancy
    found = []
    if adults > standard:
        found += _last(room_type, GuestKind.ADULTS, range(standard + 1, adults + 1))
    elif adults < standard:
        found += _last(room_type, GuestKind.ADULTS, range(standard - 1, adults - 1, -1))
    if party.children:
        found += _last(room_type, GuestKind.CHILDREN, range(1, party.children + 1))
    return found


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
