"""Rooms at rates that a stay could be sold at, and what each would come to. Pure; what lists and searches share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter, le
from typing import NamedTuple

from core.dates import StayDates
from inventory.models.taxes import TaxKind
from inventory.pricing.data import House, PlanTerms, RoomTypeTerms
from inventory.pricing.lines import Adjustment, occupancy_differences
from inventory.pricing.policies import plan_free_until
from inventory.pricing.quotes import Pricer, quote_build, stay_total
from inventory.pricing.restrictions import guests_reason, most_useful, rates_reason, stay_reason
from inventory.reasons import ReasonCode
from inventory.types import Party, Quote, Reason, RoomParty, party_split

Rates = Callable[[int, int], Mapping[date, Decimal]]
"""Nightly rates of a room type at a plan with prices of its own."""


class _Offered(NamedTuple):
    """Room types at a plan that may be the cheapest, with their rates, and why others are not for sale."""

    not_dearer: list[tuple[RoomTypeTerms, Mapping[date, Decimal]]]
    reasons: list[Reason]


@dataclass(frozen=True)
class Candidate:
    """A room type at a plan: a total, or the reason why not. ``quote`` itemises it on first use, without a query."""

    ask: Ask
    room_type: RoomTypeTerms
    plan: PlanTerms
    reason: Reason | None = None
    rates: Mapping[date, Decimal] = field(default_factory=dict)
    room_total: Decimal = Decimal(0)
    night_prices: Mapping[date, Decimal] = field(default_factory=dict)

    @cached_property
    def total(self) -> Decimal:
        """What the stay costs; the same figure as the quote's."""
        return stay_total(house=self.ask.house, night_prices=self.night_prices, parties=self.ask.parties)

    @cached_property
    def quote(self) -> Quote:
        """The itemised quote, with labels in the language that is active at first use."""
        return quote_build(
            house=self.ask.house,
            room_type=self.room_type,
            plan=self.plan,
            prices=self.rates,
            stay=self.ask.stay,
            party=self.ask.party,
            discount_percent=self.ask.discount_percent,
        )

    @property
    def free_until(self) -> datetime | None:
        """Until when cancelling would be free, if it would be at all."""
        return self.ask.free_until(self.plan)


@dataclass(frozen=True)
class Ask:
    """One party's stay at one house, at an instant. Restrictions and special days that do not touch it are left out."""

    house: House
    stay: StayDates
    party: Party
    discount_percent: Decimal
    at: datetime
    parties: tuple[RoomParty, ...]
    is_restricted: bool
    for_staff: bool = False

    @classmethod
    def at_house(
        cls,
        *,
        house: House,
        stay: StayDates,
        party: Party,
        discount_percent: Decimal,
        at: datetime,
        for_staff: bool = False,
    ) -> Ask:
        """Narrow the house down to the stay. Staff may book earlier and later than guests."""
        special_days = {
            night: house.special_days[night] for night in stay.dates() if night in house.special_days
        }
        restrictions = tuple(
            restriction
            for restriction in house.restrictions
            if restriction.first_date <= stay.departure and restriction.last_date >= stay.arrival
        )
        return cls(
            house=replace(house, special_days=special_days, restrictions=restrictions),
            stay=stay,
            party=party,
            discount_percent=discount_percent,
            at=at,
            parties=party_split(party, house.property.child_max_age),
            is_restricted=bool(
                restrictions or house.rules or any(day.min_stay for day in special_days.values())
            ),
            for_staff=for_staff,
        )

    @cached_property
    def fitting(self) -> list[RoomTypeTerms]:
        """The room types in which the guests fit."""
        return [
            room_type
            for room_type in self.house.room_types.values()
            if guests_reason(room_type=room_type, parties=self.parties) is None
        ]

    def free_until(self, plan: PlanTerms) -> datetime | None:
        """Return until when cancelling a stay at that plan would be free, if it would be at all."""
        until = plan_free_until(house=self.house.property, plan=plan, stay=self.stay)
        return until if until is not None and until > self.at else None

    def reason(self, room_type: RoomTypeTerms, plan: PlanTerms) -> Reason | None:
        """Return why rules and restrictions forbid the stay in that room at that plan."""
        if not self.is_restricted:
            return None
        key = (room_type.id if self._restricts_room_types else 0, plan.id)
        if key not in self._reasons:
            self._reasons[key] = stay_reason(
                house=self.house,
                room_type=room_type,
                plan=plan,
                stay=self.stay,
                party=self.party,
                at=self.at,
                for_staff=self.for_staff,
            )
        return self._reasons[key]

    def candidates(self, room_type: RoomTypeTerms, rates: Rates) -> Iterator[Candidate]:
        """Yield a candidate for every plan of a room type that is free and in which the guests fit."""
        for plan in self.house.plans_for(room_type.id):
            prices = rates(room_type.id, plan.priced_by)
            reason = self.reason(room_type, plan) or rates_reason(prices=prices, stay=self.stay)
            if reason is not None:
                yield Candidate(self, room_type, plan, reason)
            else:
                yield self._priced(room_type, plan, prices)

    def cheapest(
        self, *, room_types: Sequence[RoomTypeTerms], plans: Iterable[PlanTerms], rates: Rates
    ) -> Candidate | Reason | None:
        """Return the cheapest candidate, else the most useful reason, or None where there is nothing to look at.

        Of room types whose guests change the price alike, one is never cheaper than another that costs no more on any
        night; only the others are priced.
        """
        reasons: list[Reason] = []
        best: Candidate | None = None
        offered: dict[tuple[int, frozenset[int]], _Offered] = {}
        for plan in plans:
            if self._restricts_room_types:
                known = self._offered(plan, room_types, rates)
            else:
                reason = self.reason(room_types[0], plan) if room_types else None
                if reason is not None:
                    reasons.append(reason)
                    continue
                key = (plan.priced_by, plan.room_type_ids)
                known = offered.get(key) or offered.setdefault(key, self._offered(plan, room_types, rates))
            reasons += known.reasons
            for room_type, prices in known.not_dearer:
                candidate = self._priced(room_type, plan, prices)
                if best is None or self._comes_to(candidate) < self._comes_to(best):
                    best = candidate
        return best or most_useful(reasons)

    def _offered(self, plan: PlanTerms, room_types: Sequence[RoomTypeTerms], rates: Rates) -> _Offered:
        reasons: list[Reason] = []
        offered: list[tuple[tuple[Decimal, ...], RoomTypeTerms, Mapping[date, Decimal]]] = []
        nights, priced_by = self.stay.nights, plan.priced_by
        for room_type in room_types:
            if not plan.sells(room_type.id):
                continue
            prices = rates(room_type.id, priced_by)
            reason = self.reason(room_type, plan) if self.is_restricted else None
            if reason is None and len(prices) == nights:
                offered.append((tuple(prices.values()), room_type, prices))
            else:
                reasons.append(reason or Reason(ReasonCode.NO_RATE))
        not_dearer: list[tuple[RoomTypeTerms, Mapping[date, Decimal]]] = []
        kept: dict[tuple[tuple[Adjustment, ...], ...], list[tuple[Decimal, ...]]] = {}
        for of_nights, room_type, prices in sorted(offered, key=itemgetter(0)):
            alike = kept.setdefault(
                tuple(occupancy_differences(room_type, party) for party in self.parties), []
            )
            if not any(all(map(le, other, of_nights)) for other in alike):
                alike.append(of_nights)
                not_dearer.append((room_type, prices))
        return _Offered(not_dearer, reasons)

    def _comes_to(self, candidate: Candidate) -> Decimal:
        """Return what candidates are compared by: the total, or the price before taxes where the order is the same."""
        return candidate.total if self._is_taxed_unevenly else candidate.room_total

    def _priced(self, room_type: RoomTypeTerms, plan: PlanTerms, prices: Mapping[date, Decimal]) -> Candidate:
        pricer = Pricer(
            house=self.house,
            room_type=room_type,
            plan=plan,
            parties=self.parties,
            discount_percent=self.discount_percent,
        )
        night_prices = pricer.night_totals(prices)
        return Candidate(
            ask=self,
            room_type=room_type,
            plan=plan,
            rates=prices,
            room_total=sum(night_prices.values(), Decimal(0)),
            night_prices=night_prices,
        )

    @cached_property
    def _is_taxed_unevenly(self) -> bool:
        """Whether an added percentage counts on some of the nights only, as where a rate changes in mid-stay."""
        return any(
            tax.kind == TaxKind.PERCENT
            and not tax.is_included
            and len({tax.on(night) for night in self.stay.dates()}) > 1
            for tax in self.house.taxes
        )

    @cached_property
    def _restricts_room_types(self) -> bool:
        scoped = (*self.house.restrictions, *self.house.rules)
        return any(terms.room_type_id is not None for terms in scoped)

    @cached_property
    def _reasons(self) -> dict[tuple[int, int], Reason | None]:
        return {}
