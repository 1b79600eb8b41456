"""The quote engine: pure, over data fetched beforehand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from core.dates import StayDates
from core.money import round_money
from inventory.types import Party, Quote, QuoteLine, QuoteNight, RoomParty, party_split

from .data import House, PlanTerms, RoomTypeTerms, SpecialDayTerms
from .labels import line_label
from .lines import ZERO, Draft, PricedNights, RoomNight, night_drafts, stay_drafts
from .policies import cancellation_terms, deposit_due

FINGERPRINT_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices the nights of one room type at one plan; equal nights are priced once."""

    house: House
    room_type: RoomTypeTerms
    plan: PlanTerms
    discount_percent: Decimal = ZERO
    _known: dict[tuple[Decimal, RoomParty, date | None], tuple[tuple[Draft, ...], Decimal]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def night(
        self, base: Decimal, party: RoomParty, special_day: SpecialDayTerms | None
    ) -> tuple[tuple[Draft, ...], Decimal]:
        """Return the lines of one room's night, and their sum."""
        key = (base, party, special_day.date if special_day else None)
        priced = self._known.get(key)
        if priced is None:
            drafts = night_drafts(
                RoomNight(
                    base=base,
                    room_type=self.room_type,
                    plan=self.plan,
                    party=party,
                    special_day=special_day,
                    discount_percent=self.discount_percent,
                    currency=self.house.property.currency,
                )
            )
            priced = self._known[key] = (drafts, sum((draft.amount for draft in drafts), ZERO))
        return priced

    def night_prices(
        self, *, prices: Mapping[date, Decimal], parties: tuple[RoomParty, ...]
    ) -> dict[date, Decimal]:
        """Return what all rooms come to on each night of ``prices`` (the nightly rates), in their order."""
        special_days = self.house.special_days
        return {
            night: sum((self.night(base, party, special_days.get(night))[1] for party in parties), ZERO)
            for night, base in prices.items()
        }


def quote_build(
    *,
    house: House,
    room_type: RoomTypeTerms,
    plan: PlanTerms,
    prices: Mapping[date, Decimal],
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = ZERO,
) -> Quote:
    """Itemise what the stay costs. Pure; labels are in the active language.

    ``prices`` are the nightly rates of the plan, or of the plan it is derived from, for every night of the stay.
    Each line is rounded once; totals are sums of lines. Raises `KeyError` for a night without a rate.
    """
    currency = house.property.currency
    zero = round_money(ZERO, currency)
    parties = party_split(party, house.property.child_max_age)
    pricer = Pricer(house, room_type, plan, discount_percent)
    lines: list[QuoteLine] = []
    nights: list[QuoteNight] = []
    by_night: dict[date, Decimal] = {}
    for night in stay.dates():
        by_night[night] = zero
        for room_index, room_party in enumerate(parties, start=1):
            drafts, price = pricer.night(prices[night], room_party, house.special_days.get(night))
            lines += [_line(draft, night, room_index) for draft in drafts]
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
