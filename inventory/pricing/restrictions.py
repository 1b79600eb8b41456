"""Whether a stay may be sold: pure checks that return the first reason against it, or None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from core.dates import StayDates, local_datetime, property_today
from inventory.reasons import USEFULNESS, ReasonCode
from inventory.types import Party, Reason, RoomParty

from .data import House, PlanTerms, RestrictionTerms, RoomTypeTerms, RuleTerms


def dates_reason(*, house: House, stay: StayDates, at: datetime) -> Reason | None:
    """Return why nobody can arrive there on that date any more, by the property's clock."""
    if stay.arrival < property_today(house.property.time_zone, at):
        return Reason(ReasonCode.IN_THE_PAST, {"date": stay.arrival.isoformat()})
    return None


def guests_reason(*, room_type: RoomTypeTerms, parties: tuple[RoomParty, ...]) -> Reason | None:
    """Return why the guests do not fit into rooms of that type."""
    limits = room_type.max_adults, room_type.max_children, room_type.max_occupancy
    if _all_fit(parties, limits):
        return None
    return Reason(
        ReasonCode.TOO_MANY_GUESTS,
        dict(zip(("max_adults", "max_children", "max_occupancy"), limits, strict=True)),
    )


@lru_cache(maxsize=4096)
def _all_fit(parties: tuple[RoomParty, ...], limits: tuple[int, int, int]) -> bool:
    """Whether each party fits into a room; remembered, because most room types have the same few limits."""
    adults, children, guests = limits
    return all(
        party.adults <= adults and party.children <= children and party.guests <= guests for party in parties
    )


def stay_reason(
    *,
    house: House,
    room_type: RoomTypeTerms,
    plan: PlanTerms,
    stay: StayDates,
    party: Party,
    at: datetime,
    for_staff: bool = False,
) -> Reason | None:
    """Return why rules and restrictions forbid the stay. Staff may book earlier and later than guests.

    Guests, dates in the past, free rooms and prices are checked by their own functions.
    """
    return _rules_reason(
        house=house, room_type_id=room_type.id, plan=plan, stay=stay, party=party, at=at, for_staff=for_staff
    ) or restrictions_reason(house=house, room_type_id=room_type.id, plan=plan, stay=stay)


@dataclass(frozen=True, slots=True)
class DayTerms:
    """What restrictions say about one date, the strictest of each: as night, as arrival and as departure."""

    closed: bool = False
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    min_stay: int = 1
    max_stay: int | None = None


def day_terms(*, restrictions: Iterable[RestrictionTerms], day: date) -> DayTerms:
    """Gather what ``restrictions``, which cover a room type at a plan, say about a date."""
    found = [restriction for restriction in restrictions if restriction.on(day)]
    if not found:
        return NO_TERMS
    return DayTerms(
        closed=any(restriction.closed for restriction in found),
        closed_to_arrival=any(restriction.closed_to_arrival for restriction in found),
        closed_to_departure=any(restriction.closed_to_departure for restriction in found),
        min_stay=max(1, *(restriction.min_stay or 1 for restriction in found)),
        max_stay=min(
            (restriction.max_stay for restriction in found if restriction.max_stay is not None), default=None
        ),
    )


NO_TERMS = DayTerms()


def restrictions_reason(
    *, house: House, room_type_id: int, plan: PlanTerms, stay: StayDates
) -> Reason | None:
    """Return why restrictions or special days forbid the stay; the strictest one that covers it counts."""
    covering = [restriction for restriction in house.restrictions if restriction.covers(room_type_id, plan)]
    if covering:
        for night in stay.dates():
            if day_terms(restrictions=covering, day=night).closed:
                return Reason(ReasonCode.CLOSED, {"date": night.isoformat()})
    arrival = day_terms(restrictions=covering, day=stay.arrival)
    if arrival.closed_to_arrival:
        return Reason(ReasonCode.CLOSED_TO_ARRIVAL, {"date": stay.arrival.isoformat()})
    if day_terms(restrictions=covering, day=stay.departure).closed_to_departure:
        return Reason(ReasonCode.CLOSED_TO_DEPARTURE, {"date": stay.departure.isoformat()})
    special = [day.min_stay or 1 for day in house.special_days.values() if day.date in stay]
    min_stay = max(arrival.min_stay, *special) if special else arrival.min_stay
    if stay.nights < min_stay:
        return Reason(ReasonCode.MIN_STAY, {"min_stay": min_stay})
    if arrival.max_stay is not None and stay.nights > arrival.max_stay:
        return Reason(ReasonCode.MAX_STAY, {"max_stay": arrival.max_stay})
    return None


def free_reason(*, free: Mapping[date, int], stay: StayDates, rooms: int) -> Reason | None:
    """Return why there are not enough rooms; ``free`` has the free rooms of each night of the inventory."""
    nights = stay.dates()
    short = [night for night in nights if free.get(night, 0) < rooms]
    if not short:
        return None
    if all(night not in free for night in short):
        return Reason(ReasonCode.NOT_ON_SALE, {"nights": [night.isoformat() for night in short]})
    return Reason(ReasonCode.SOLD_OUT, {"nights": [night.isoformat() for night in short], "rooms": rooms})


def rates_reason(*, prices: Mapping[date, Decimal], stay: StayDates) -> Reason | None:
    """Return why there is no price."""
    missing = [night.isoformat() for night in stay.dates() if night not in prices]
    return Reason(ReasonCode.NO_RATE, {"nights": missing}) if missing else None


def most_useful(reasons: Iterable[Reason]) -> Reason | None:
    """Return the reason a guest can do most about; the shortest minimum stay, the longest maximum stay."""
    return min(reasons, key=_use, default=None)


def _use(reason: Reason) -> tuple[int, int]:
    data = reason.data
    return USEFULNESS[reason.code], data.get("min_stay", 0) - data.get("max_stay", 0)


def _rules_reason(
    *,
    house: House,
    room_type_id: int,
    plan: PlanTerms,
    stay: StayDates,
    party: Party,
    at: datetime,
    for_staff: bool,
) -> Reason | None:
    rules = [rule for rule in house.rules if rule.covers(room_type_id, plan)]
    max_rooms = min((rule.max_rooms for rule in rules if rule.max_rooms is not None), default=None)
    if max_rooms is not None and party.rooms > max_rooms:
        return Reason(ReasonCode.TOO_MANY_ROOMS, {"max_rooms": max_rooms})
    max_nights = min((rule.max_nights for rule in rules if rule.max_nights is not None), default=None)
    if max_nights is not None and stay.nights > max_nights:
        return Reason(ReasonCode.TOO_LONG, {"max_stay": max_nights})
    return None if for_staff else window_reason(house=house, rules=rules, arrival=stay.arrival, at=at)


def window_reason(*, house: House, rules: Iterable[RuleTerms], arrival: date, at: datetime) -> Reason | None:
    """Return why guests cannot book that arrival yet, or no longer, under rules that cover what they book."""
    time_zone = house.property.time_zone
    days = min(
        (rule.earliest_days_before for rule in rules if rule.earliest_days_before is not None), default=None
    )
    if days is not None:
        opens = arrival - timedelta(days=days)
        if property_today(time_zone, at) < opens:
            return Reason(ReasonCode.TOO_EARLY, {"opens": opens.isoformat()})
    hours = max(
        (rule.latest_hours_before for rule in rules if rule.latest_hours_before is not None), default=None
    )
    if hours is not None:
        closes = local_datetime(arrival, house.property.arrival_from, time_zone) - timedelta(hours=hours)
        if at > closes:
            return Reason(ReasonCode.TOO_LATE, {"closed_at": closes.isoformat(), "time_zone": time_zone})
    return None
