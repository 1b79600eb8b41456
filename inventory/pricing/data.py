"""What the engine works with: the terms of a house as plain data, fetched beforehand.

Amounts are in the property's currency. Everything here can be pickled and shared between readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PropertyTerms:
    """The house itself."""

    id: int
    name: str
    time_zone: str
    currency: str
    child_max_age: int
    arrival_from: time
    is_published: bool


@dataclass(frozen=True, slots=True)
class OccupancyDifference:
    """What ``count`` adults or children in a room change of its nightly price (`AdjustmentKind`)."""

    guests: str
    count: int
    kind: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class RoomTypeTerms:
    """Who fits into a room, and what other numbers of guests than the standard cost."""

    id: int
    name: str
    standard_occupancy: int
    max_adults: int
    max_children: int
    max_occupancy: int
    occupancy: tuple[OccupancyDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class TierTerms:
    """A tier of a cancellation policy."""

    hours_before: int
    penalty_kind: str
    penalty_value: Decimal


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """A rate plan with its policies. ``room_type_ids`` empty means all; tiers have the most hours first."""

    id: int
    name: str
    board: str
    derived_from_id: int | None
    derived_kind: str
    derived_value: Decimal
    member_discount: bool
    deposit_kind: str
    deposit_value: Decimal
    cancellation_name: str
    no_show_percent: Decimal
    tiers: tuple[TierTerms, ...] = ()
    room_type_ids: frozenset[int] = frozenset()
    guest_changes: str = "if_refundable"
    change_hours_before: int = 0
    change_fee: Decimal = Decimal(0)
    early_departure_percent: Decimal = Decimal(100)

    @property
    def priced_by(self) -> int:
        """The plan whose nightly rates count."""
        return self.derived_from_id or self.id

    def sells(self, room_type_id: int) -> bool:
        """Whether the plan is for that room type."""
        return not self.room_type_ids or room_type_id in self.room_type_ids


@dataclass(frozen=True, slots=True)
class SpecialDayTerms:
    """A special night (`SpecialDayKind`)."""

    date: date
    name: str
    kind: str
    value: Decimal
    min_stay: int | None = None


@dataclass(frozen=True, slots=True)
class ScopedTerms:
    """What counts for all of a house, for one room type, for one plan, or for one plan of one room type."""

    room_type_id: int | None = None
    rate_plan_id: int | None = None

    def covers(self, room_type_id: int, plan: PlanTerms) -> bool:
        """Whether it counts; what counts for a plan counts for the plans derived from it."""
        return (self.room_type_id is None or self.room_type_id == room_type_id) and (
            self.rate_plan_id is None or self.rate_plan_id in (plan.id, plan.derived_from_id)
        )


@dataclass(frozen=True, slots=True)
class RestrictionTerms(ScopedTerms):
    """Restrictions on ``first_date`` to ``last_date``, both included, on the weekdays of a bit mask."""

    first_date: date = date.min
    last_date: date = date.max
    weekdays: int = 0b1111111
    min_stay: int | None = None
    max_stay: int | None = None
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    closed: bool = False

    def on(self, day: date) -> bool:
        """Whether it is about that date."""
        return self.first_date <= day <= self.last_date and bool(self.weekdays >> day.weekday() & 1)


@dataclass(frozen=True, slots=True)
class RuleTerms(ScopedTerms):
    """A booking rule."""

    earliest_days_before: int | None = None
    latest_hours_before: int | None = None
    max_nights: int | None = None
    max_rooms: int | None = None


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """A tax (`TaxKind`)."""

    id: int
    name: str
    kind: str
    value: Decimal
    is_included: bool
    max_nights: int | None = None
    min_age: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def on(self, night: date) -> bool:
        """Whether the night is taxed at all."""
        return (self.valid_from is None or self.valid_from <= night) and (
            self.valid_until is None or night <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class House:
    """Everything about a property that prices and restrictions depend on, except nightly rates and inventory."""

    property: PropertyTerms
    room_types: Mapping[int, RoomTypeTerms] = field(default_factory=dict)
    plans: Mapping[int, PlanTerms] = field(default_factory=dict)
    special_days: Mapping[date, SpecialDayTerms] = field(default_factory=dict)
    restrictions: tuple[RestrictionTerms, ...] = ()
    rules: tuple[RuleTerms, ...] = ()
    taxes: tuple[TaxTerms, ...] = ()

    def plans_for(self, room_type_id: int) -> list[PlanTerms]:
        """The plans a room type is sold at, in the order of the house."""
        return [plan for plan in self.plans.values() if plan.sells(room_type_id)]
