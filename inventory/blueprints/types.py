"""What a house is before it exists: plain data, amounts in the property's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyBlueprint:
    """What the nightly price changes by for ``count`` adults or children in a room."""

    guests: str
    count: int
    value: Decimal
    kind: str = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTypeBlueprint:
    """A kind of room and how many rooms of it there are."""

    code: str
    name: str
    rooms: int
    description: str = ""
    beds: str = ""
    size_sqm: int | None = None
    standard_occupancy: int = 2
    max_adults: int = 2
    max_children: int = 0
    max_occupancy: int = 2
    amenities: tuple[str, ...] = ()
    occupancy_prices: tuple[OccupancyBlueprint, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositBlueprint:
    name: str
    kind: str
    value: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationBlueprint:
    """``tiers`` are (hours before arrival, kind of penalty, value)."""

    name: str
    tiers: tuple[tuple[int, str, Decimal], ...] = ()
    no_show_percent: Decimal = Decimal(100)
    change_fee: Decimal = Decimal(0)
    early_departure_percent: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlanBlueprint:
    """``cancellation`` and ``deposit`` name policies, ``derived_from`` a plan that comes before it."""

    code: str
    name: str
    board: str
    cancellation: str
    deposit: str
    description: str = ""
    derived_from: str | None = None
    derived_kind: str = ""
    derived_value: Decimal = ZERO
    room_types: tuple[str, ...] = ()
    member_discount: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxBlueprint:
    name: str
    kind: str
    value: Decimal
    is_included: bool
    max_nights: int | None = None
    min_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSeason:
    """Prices of one room type at a plan with prices of its own; ``prices`` are seven, Monday first.

    Where seasons overlap, the higher priority counts.
    """

    room_type: str
    rate_plan: str
    name: str
    first_night: date
    last_night: date | None
    prices: tuple[Decimal, ...]
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyBlueprint:
    """A house. ``amenities`` are codes known to `inventory.blueprints.amenities`."""

    slug: str
    name: str
    description: str
    stars: int | None
    address: str
    postal_code: str
    city: str
    country: str
    latitude: Decimal
    longitude: Decimal
    time_zone: str
    currency: str
    email: str
    phone: str = ""
    arrival_from: time = time(15)
    departure_until: time = time(11)
    child_max_age: int = 12
    gateways: tuple[str, ...] = ("sandbox", "at_property")
    amenities: tuple[str, ...] = ()
    room_types: tuple[RoomTypeBlueprint, ...] = ()
    deposits: tuple[DepositBlueprint, ...] = ()
    cancellations: tuple[CancellationBlueprint, ...] = ()
    rate_plans: tuple[RatePlanBlueprint, ...] = ()
    taxes: tuple[TaxBlueprint, ...] = ()
