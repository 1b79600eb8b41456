"""A property's calendar: for every night what it costs from, how many rooms are free, and what restricts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from core.cache.keys import AVAILABILITY
from core.cache.read import get_or_compute
from core.dates import StayDates, property_today
from core.exceptions import ValidationFailed
from inventory.cache import made_from_nights
from inventory.pricing.data import House, RestrictionTerms, RuleTerms
from inventory.pricing.lines import ZERO
from inventory.pricing.quotes import Pricer
from inventory.pricing.restrictions import (
    NO_TERMS,
    DayTerms,
    day_terms,
    guests_reason,
    most_useful,
    window_reason,
)
from inventory.reasons import ReasonCode
from inventory.types import Party, Reason, RoomParty, party_split

from .catalogue import catalogue_get
from .nights import room_type_nights

CALENDAR_MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class CalendarNight:
    """One night. ``price_from`` is the cheapest price of the party's rooms with included taxes, None if not for sale.

    ``available`` counts free rooms of all room types the guests fit in. The stay limits are those of an arrival on the
    date at the most lenient room and plan; ``reasons`` say why one cannot arrive, or for how long one has to stay.
    """

    date: date
    price_from: Decimal | None
    available: int
    reasons: tuple[Reason, ...] = ()
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    min_stay: int = 1
    max_stay: int | None = None
    special_day: str = ""

    @property
    def reason(self) -> Reason | None:
        """Why one cannot stay or arrive, or the first thing to know."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class _Line:
    """A room type at a plan: free rooms and rates by night, and the restrictions and rules that cover it."""

    room_type_id: int
    free: Mapping[date, int]
    rates: Mapping[date, Decimal]
    pricer: Pricer
    restrictions: Sequence[RestrictionTerms]
    rules: Sequence[RuleTerms]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every night of a calendar shares."""

    house: House
    parties: tuple[RoomParty, ...]
    at: datetime
    lines: list[_Line]
    free: list[Mapping[date, int]]
    why_nothing: Reason


def calendar_for_property(
    *,
    property_id: int,
    first: date,
    days: int,
    party: Party,
    room_type_id: int | None = None,
    rate_plan_id: int | None = None,
    discount_percent: Decimal = ZERO,
    at: datetime | None = None,
) -> list[CalendarNight]:
    """Return the nights of ``days`` days from ``first`` on, without those before today at the property.

    Each month is cached for itself, so that a room sold in one leaves the others. No query if all are cached, else two
    for each that is not, and two more where the catalogue is not cached.
    Raises `NotFound` for an unknown property, `ValidationFailed` for no days or more than 400.
    """
    if not 1 <= days <= CALENDAR_MAX_DAYS:
        raise ValidationFailed(field="days", data={"max_days": CALENDAR_MAX_DAYS})
    at = at or timezone.now()
    catalogue = catalogue_get(property_id=property_id)
    today = property_today(catalogue.property.time_zone, at)
    end = first + timedelta(days=days)
    if end <= today:
        return []

    def nights(period: StayDates) -> list[CalendarNight]:
        return get_or_compute(
            AVAILABILITY,
            property_id,
            (
                "calendar",
                period.arrival.isoformat(),
                period.departure.isoformat(),
                party.adults,
                "-".join(map(str, party.children_ages)),
                party.rooms,
                room_type_id or 0,
                rate_plan_id or 0,
                str(discount_percent),
            ),
            lambda: _calendar(
                catalogue.house,
                period,
                party,
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                discount_percent=discount_percent,
                at=at,
            ),
            made_from=made_from_nights(property_id, period.dates()),
        )

    months = StayDates(max(first, today), end).by_month()
    return [night for month in months for night in nights(month)]


def _calendar(
    house: House,
    period: StayDates,
    party: Party,
    *,
    room_type_id: int | None,
    rate_plan_id: int | None,
    discount_percent: Decimal,
    at: datetime,
) -> list[CalendarNight]:
    parties = party_split(party, house.property.child_max_age)
    room_types = [
        room_type
        for room_type in house.room_types.values()
        if room_type_id in (None, room_type.id)
        and guests_reason(room_type=room_type, parties=parties) is None
    ]
    nights = room_type_nights(room_type_ids=[room_type.id for room_type in room_types], stay=period)
    lines = [
        _Line(
            room_type_id=room_type.id,
            free=nights.free_of(room_type.id),
            rates=nights.prices_of(room_type.id, plan.priced_by),
            pricer=Pricer(
                house=house,
                room_type=room_type,
                plan=plan,
                parties=parties,
                discount_percent=discount_percent,
            ),
            restrictions=[entry for entry in house.restrictions if entry.covers(room_type.id, plan)],
            rules=[rule for rule in house.rules if rule.covers(room_type.id, plan)],
        )
        for room_type in room_types
        for plan in house.plans_for(room_type.id)
        if rate_plan_id in (None, plan.id)
    ]
    asked = _Asked(
        house=house,
        parties=parties,
        at=at,
        lines=lines,
        free=list({line.room_type_id: line.free for line in lines}.values()),
        why_nothing=Reason(ReasonCode.NO_RATE)
        if room_types
        else Reason(ReasonCode.TOO_MANY_GUESTS, _limits(house)),
    )
    return [_night(asked, night) for night in period.dates()]


def _night(asked: _Asked, night: date) -> CalendarNight:
    special_day = asked.house.special_days.get(night)
    name = special_day.name if special_day else ""
    prices: list[Decimal] = []
    terms: list[DayTerms] = []
    reasons: list[Reason] = []
    all_terms = [
        day_terms(restrictions=line.restrictions, day=night) if line.restrictions else NO_TERMS
        for line in asked.lines
    ]
    for line, of_line in zip(asked.lines, all_terms, strict=True):
        reason = _line_reason(asked, line, of_line, night)
        if reason is not None:
            reasons.append(reason)
            continue
        prices.append(line.pricer.night_total(night, line.rates[night]))
        terms.append(of_line)
    minimum = special_day.min_stay or 1 if special_day else 1
    min_stay = max(minimum, min((entry.min_stay for entry in _arrivable(terms)), default=1))
    closed_to_arrival = bool(terms) and all(entry.closed_to_arrival for entry in terms)
    return CalendarNight(
        date=night,
        price_from=min(prices, default=None),
        available=sum(free.get(night, 0) for free in asked.free),
        reasons=_reasons(
            asked, night, reasons, is_sold=bool(terms), no_arrival=closed_to_arrival, min_stay=min_stay
        ),
        closed_to_arrival=closed_to_arrival,
        closed_to_departure=bool(all_terms) and all(entry.closed_to_departure for entry in all_terms),
        min_stay=min_stay,
        max_stay=_longest(terms),
        special_day=name,
    )


def _line_reason(asked: _Asked, line: _Line, terms: DayTerms, night: date) -> Reason | None:
    """Return why the room at that plan cannot be had that night."""
    free = line.free.get(night)
    if free is None:
        return Reason(ReasonCode.NOT_ON_SALE)
    if free < len(asked.parties):
        return Reason(ReasonCode.SOLD_OUT)
    if terms.closed:
        return Reason(ReasonCode.CLOSED)
    if night not in line.rates:
        return Reason(ReasonCode.NO_RATE)
    if not line.rules:
        return None
    return window_reason(house=asked.house, rules=line.rules, arrival=night, at=asked.at)


def _reasons(
    asked: _Asked, night: date, reasons: list[Reason], *, is_sold: bool, no_arrival: bool, min_stay: int
) -> tuple[Reason, ...]:
    if not is_sold:
        return (most_useful(reasons) or asked.why_nothing,)
    found = []
    if no_arrival:
        found.append(Reason(ReasonCode.CLOSED_TO_ARRIVAL, {"date": night.isoformat()}))
    if min_stay > 1:
        found.append(Reason(ReasonCode.MIN_STAY, {"min_stay": min_stay}))
    return tuple(found)


def _arrivable(terms: list[DayTerms]) -> list[DayTerms]:
    """Return the terms one may arrive under, or all if there are none."""
    return [entry for entry in terms if not entry.closed_to_arrival] or terms


def _longest(terms: list[DayTerms]) -> int | None:
    limits = [entry.max_stay for entry in _arrivable(terms)]
    known = [limit for limit in limits if limit is not None]
    return max(known) if known and len(known) == len(limits) else None


def _limits(house: House) -> dict[str, int]:
    return {
        "max_occupancy": max((room_type.max_occupancy for room_type in house.room_types.values()), default=0)
    }
