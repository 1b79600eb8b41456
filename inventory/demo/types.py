"""How a house of the demo is described. Dates are relative to today or return every year, so the demo never ages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from inventory.blueprints import PriceSeason, PropertyBlueprint

YEARS_AHEAD = 3
WEEKDAYS = {"Mon": 1, "Tue": 2, "Wed": 4, "Thu": 8, "Fri": 16, "Sat": 32, "Sun": 64}
EVERY_WEEKDAY = 127
WEEKEND = (4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSeason:
    """A season of every year, ``(month, day)`` to ``(month, day)``, both included; ``percent`` of the base price."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSpecialDay:
    """``nights`` special nights from a day of every year on."""

    name: str
    first: tuple[int, int]
    nights: int = 1
    kind: str = "multiplier"
    value: Decimal = Decimal("1.4")
    min_stay: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRestriction:
    """From ``first_in`` to ``last_in`` days from today, both included."""

    note: str
    first_in: int = 0
    last_in: int = 700
    weekdays: int = EVERY_WEEKDAY
    room_type: str | None = None
    rate_plan: str | None = None
    min_stay: int | None = None
    max_stay: int | None = None
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRule:
    """A booking rule of the house, or of one of its rate plans."""

    rate_plan: str | None = None
    earliest_days_before: int | None = None
    latest_hours_before: int | None = None
    max_nights: int | None = None
    max_rooms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBlock:
    """Rooms out of sale for ``nights`` nights that begin ``first_in`` days from today."""

    room_type: str
    first_in: int
    nights: int
    rooms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHouse:
    """A house, its base price per room type at ``base_plan``, and what makes some nights different.

    ``scene`` and ``style`` choose its pictures, ``beds`` those of its rooms.
    """

    blueprint: PropertyBlueprint
    base_plan: str
    prices: dict[str, Decimal]
    scene: str
    style: str
    beds: dict[str, str]
    weekend_percent: int = 110
    seasons: tuple[DemoSeason, ...] = ()
    special_days: tuple[DemoSpecialDay, ...] = ()
    restrictions: tuple[DemoRestriction, ...] = ()
    rules: tuple[DemoRule, ...] = ()
    blocks: tuple[DemoBlock, ...] = ()


def weekdays(*names: str) -> int:
    """The bit mask of some weekdays: `weekdays("Fri", "Sat")`."""
    return sum(WEEKDAYS[name] for name in names)


def price_seasons(house: DemoHouse, *, first: date) -> Iterator[PriceSeason]:
    """The base price for good, and above it the seasons of some years."""
    for room_type, base in house.prices.items():
        yield _season(
            house, room_type, base, name="All year", percent=100, first=first, last=None, priority=0
        )
        for season in house.seasons:
            for year in range(first.year - 1, first.year + YEARS_AHEAD):
                begins, ends = date(year, *season.first), date(year, *season.last)
                if ends < begins:
                    ends = date(year + 1, *season.last)
                if ends >= first:
                    yield _season(
                        house,
                        room_type,
                        base,
                        name=f"{season.name} {year}",
                        percent=season.percent,
                        first=begins,
                        last=ends,
                        priority=1,
                    )


def special_nights(day: DemoSpecialDay, *, first: date) -> Iterator[date]:
    """Every night from ``first`` on that is special."""
    for year in range(first.year - 1, first.year + YEARS_AHEAD):
        begins = date(year, *day.first)
        for offset in range(day.nights):
            night = begins + timedelta(days=offset)
            if night >= first:
                yield night


def _season(
    house: DemoHouse,
    room_type: str,
    base: Decimal,
    *,
    name: str,
    percent: int,
    first: date,
    last: date | None,
    priority: int,
) -> PriceSeason:
    usual = _price(base, percent)
    weekend = _price(base, percent * house.weekend_percent / Decimal(100))
    return PriceSeason(
        room_type=room_type,
        rate_plan=house.base_plan,
        name=name,
        first_night=first,
        last_night=last,
        prices=tuple(weekend if weekday in WEEKEND else usual for weekday in range(7)),
        priority=priority,
    )


def _price(base: Decimal, percent: Decimal | int) -> Decimal:
    """A share of the base price at whole units of money, as hotels write them."""
    return (base * percent / 100).to_integral_value()
