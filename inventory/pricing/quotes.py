"""The quote engine: pure, over data fetched beforehand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.dates import StayDates
from core.money import round_money
from inventory.types import Party, Quote, QuoteLine, QuoteLineKind, QuoteNight, RoomParty, party_split

from .data import House, PlanTerms, RoomTypeTerms
from .labels import line_label
from .lines import (
    ZERO,
    Adjustment,
    Draft,
    NightTerms,
    PricedNights,
    RoomNight,
    night_amounts,
    night_price,
    occupancy_differences,
    room_data,
    stay_drafts,
)
from .policies import cancellation_terms, deposit_due

FINGERPRINT_LENGTH = 32

RoomOnNight = tuple[date, int]
"""A night and the number of a room of the booking, counted from 1."""


class Pricer:
    """Prices the nights of a party, split over its rooms, in one room type at one plan."""

    def __init__(
        self,
        *,
        house: House,
        room_type: RoomTypeTerms,
        plan: PlanTerms,
        parties: tuple[RoomParty, ...],
        discount_percent: Decimal = ZERO,
    ) -> None:
        self.house = house
        self.room_type = room_type
        self.plan = plan
        self.parties = parties
        self.discount_percent = discount_percent if plan.member_discount else ZERO
        self._occupancies = [occupancy_differences(room_type, party) for party in parties]
        self._derived = None if plan.derived_from_id is None else (plan.derived_kind, plan.derived_value)

    def night_total(self, night: date, base: Decimal) -> Decimal:
        """Return what all rooms come to on a night; ``base`` is its rate."""
        if len(self._occupancies) == 1:
            return night_price(self._terms(night, base, self._occupancies[0]))
        return sum((night_price(self._terms(night, base, entry)) for entry in self._occupancies), ZERO)

    def night_totals(self, rates: Mapping[date, Decimal]) -> dict[date, Decimal]:
        """Return what all rooms come to on each night that has a rate, in their order."""
        return {night: self.night_total(night, base) for night, base in rates.items()}

    def lines(self, night: date, base: Decimal, room_index: int) -> list[QuoteLine]:
        """Itemise a night of one room, counted from 1, with labels in the active language."""
        about = self._room_night(night, room_index)
        return [
            _line(Draft(line.kind, amount, line.data(about)), night, room_index)
            for line, amount in night_amounts(self._terms(night, base, self._occupancies[room_index - 1]))
        ]

    def line_set(self, night: date, price: Decimal, room_index: int) -> QuoteLine:
        """Itemise a night of one room at a price that staff have set."""
        return _line(
            Draft(
                QuoteLineKind.ROOM,
                round_money(price, self.house.property.currency),
                room_data(self._room_night(night, room_index)) | {"is_set_by_staff": True},
            ),
            night,
            room_index,
        )

    def _room_night(self, night: date, room_index: int) -> RoomNight:
        return RoomNight(
            room_type=self.room_type,
            plan=self.plan,
            party=self.parties[room_index - 1],
            special_day=self.house.special_days.get(night),
            discount_percent=self.discount_percent,
        )

    def _terms(self, night: date, base: Decimal, occupancy: tuple[Adjustment, ...]) -> NightTerms:
        day = self.house.special_days.get(night)
        return NightTerms(
            base,
            self._derived,
            occupancy,
            None if day is None else (day.kind, day.value),
            self.discount_percent,
            self.house.property.currency,
        )


def quote_build(
    *,
    house: House,
    room_type: RoomTypeTerms,
    plan: PlanTerms,
    prices: Mapping[date, Decimal],
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = ZERO,
    sold: Mapping[RoomOnNight, Sequence[QuoteLine]] | None = None,
    nightly: Decimal | None = None,
) -> Quote:
    """Itemise what the stay costs. Pure; labels are in the active language.

    ``prices`` are the nightly rates of the plan, or of the plan it is derived from, for every night of the stay.
    ``sold`` are the lines of nights that keep what they were sold at, ``nightly`` is the price that staff have set for
    every other night of a room. Each line is rounded once; totals are sums of lines. Raises `KeyError` for a night
    without a rate.
    """
    currency = house.property.currency
    zero = round_money(ZERO, currency)
    parties = party_split(party, house.property.child_max_age)
    pricer = Pricer(
        house=house, room_type=room_type, plan=plan, parties=parties, discount_percent=discount_percent
    )
    lines: list[QuoteLine] = []
    nights: list[QuoteNight] = []
    by_night: dict[date, Decimal] = {}
    known = sold or {}
    for night in stay.dates():
        by_night[night] = zero
        for room_index in range(1, len(parties) + 1):
            of_room = known.get((night, room_index)) or (
                pricer.lines(night, prices[night], room_index)
                if nightly is None
                else [pricer.line_set(night, nightly, room_index)]
            )
            price = sum((line.amount for line in of_room), zero)
            lines += of_room
            nights.append(QuoteNight(date=night, room_index=room_index, price=price))
            by_night[night] += price
    taxes = stay_drafts(PricedNights(by_night, parties, house.taxes, currency))
    lines += [_line(draft) for draft in taxes]
    room_total = sum(by_night.values(), zero)
    tax_added = sum((draft.amount for draft in taxes if not draft.is_included), zero)
    total = room_total + tax_added
    quote = Quote(
        property_id=house.property.id,
        room_type_id=room_type.id,
        rate_plan_id=plan.id,
        stay=stay,
        party=party,
        currency=currency,
        lines=tuple(lines),
        nights=tuple(nights),
        room_total=room_total,
        tax_added=tax_added,
        tax_included=sum((draft.amount for draft in taxes if draft.is_included), zero),
        total=total,
        deposit_due=deposit_due(
            plan=plan,
            total=total,
            first_night=by_night[stay.arrival],
            rooms=party.rooms,
            currency=currency,
        ),
        cancellation_terms=cancellation_terms(house=house.property, plan=plan, stay=stay),
    )
    return replace(quote, fingerprint=quote_fingerprint(quote))


def stay_total(
    *, house: House, night_prices: Mapping[date, Decimal], parties: tuple[RoomParty, ...]
) -> Decimal:
    """Return the total of a stay whose nights are priced: the same figure as the quote's, without its lines."""
    taxes = stay_drafts(PricedNights(night_prices, parties, house.taxes, house.property.currency))
    return sum(night_prices.values(), ZERO) + sum(
        (draft.amount for draft in taxes if not draft.is_included), ZERO
    )


def quote_fingerprint(quote: Quote) -> str:
    """Return a hash of everything that is sold: stay, party, amounts and terms, but no names and no language."""
    sold = quote.as_json()
    del sold["fingerprint"]
    sold["lines"] = [
        [line.kind, str(line.amount), str(line.date), line.room_index, line.is_included]
        for line in quote.lines
    ]
    sold["cancellation_terms"] = {
        key: value for key, value in quote.cancellation_terms.items() if key != "policy"
    }
    canonical = json.dumps(sold, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def _line(draft: Draft, night: date | None = None, room_index: int | None = None) -> QuoteLine:
    return QuoteLine(
        kind=draft.kind,
        label=line_label(draft.kind, draft.data),
        amount=draft.amount,
        date=night,
        room_index=room_index,
        is_included=draft.is_included,
        data=draft.data,
    )
