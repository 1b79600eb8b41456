"""Rooms at rates that a stay could be sold at, and what each would come to. Pure; what lists and searches share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from core.dates import StayDates
from inventory.pricing.data import House, PlanTerms, RoomTypeTerms
from inventory.pricing.policies import plan_free_until
from inventory.pricing.quotes import Pricer, quote_build, stay_total
from inventory.pricing.restrictions import rates_reason, stay_reason
from inventory.types import Party, Quote, Reason, RoomParty, party_split

Rates = Callable[[int, int], Mapping[date, Decimal]]
"""Nightly rates of a room type at a plan with prices of its own."""


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
        until = plan_free_until(house=self.ask.house.property, plan=self.plan, stay=self.ask.stay)
        return until if until is not None and until > self.ask.at else None


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

    @classmethod
    def at_house(
        cls, *, house: House, stay: StayDates, party: Party, discount_percent: Decimal, at: datetime
    ) -> Ask:
        """Narrow the house down to the stay."""
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
        )

    def candidates(self, room_type: RoomTypeTerms, rates: Rates) -> Iterator[Candidate]:
        """Yield a candidate for every plan of a room type that is free and in which the guests fit."""
        for plan in self.house.plans_for(room_type.id):
            reason = None
            if self.is_restricted:
                reason = stay_reason(
                    house=self.house,
                    room_type=room_type,
                    plan=plan,
                    stay=self.stay,
                    party=self.party,
                    at=self.at,
                )
            prices = rates(room_type.id, plan.priced_by)
            if reason is None and len(prices) < self.stay.nights:
                reason = rates_reason(prices=prices, stay=self.stay)
            if reason is not None:
                yield Candidate(self, room_type, plan, reason)
                continue
            pricer = Pricer(self.house, room_type, plan, self.discount_percent)
            night_prices = pricer.night_prices(prices=prices, parties=self.parties)
            yield Candidate(
                ask=self,
                room_type=room_type,
                plan=plan,
                rates=prices,
                room_total=sum(night_prices.values(), Decimal(0)),
                night_prices=night_prices,
            )
