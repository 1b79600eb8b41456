"""Whether a sold stay may become another one: pure checks that return the first reason against it, or None.

Only what becomes different is checked: a stay that was sold on a date which is closed to arrival today may still be
made longer, and nobody needs a minimum stay again that they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.dates import StayDates, property_today
from inventory.reasons import ReasonCode
from inventory.types import Party, Reason, party_split

from .data import House, PlanTerms, RoomTypeTerms
from .restrictions import NO_TERMS, day_terms, guests_reason, window_reason


@dataclass(frozen=True, slots=True)
class SoldStay:
    """The stay as it was sold. ``has_arrived``: its guests are in the house, their arrival is over.

    ``rooms_kept`` are rooms that it has beyond its own, by (room type, night): those a change of it holds already.
    """

    room_type_id: int
    rate_plan_id: int
    stay: StayDates
    party: Party
    has_arrived: bool = False
    rooms_kept: Mapping[tuple[int, date], int] = field(default_factory=dict)

    def rooms_on(self, room_type_id: int, night: date) -> int:
        """How many rooms of a room type it has on a night."""
        own = self.party.rooms if room_type_id == self.room_type_id and night in self.stay else 0
        return own + self.rooms_kept.get((room_type_id, night), 0)


def change_dates_reason(*, house: House, stay: StayDates, sold: SoldStay, at: datetime) -> Reason | None:
    """Return why the calendar of the house forbids it: nobody arrives or leaves in the past."""
    today = property_today(house.property.time_zone, at)
    if stay.arrival != sold.stay.arrival and stay.arrival < today:
        return Reason(ReasonCode.IN_THE_PAST, {"date": stay.arrival.isoformat()})
    if stay.departure != sold.stay.departure and stay.departure < today:
        return Reason(ReasonCode.IN_THE_PAST, {"date": stay.departure.isoformat()})
    return None


def change_guests_reason(
    *, house: House, room_type: RoomTypeTerms, party: Party, sold: SoldStay
) -> Reason | None:
    """Return why others than were sold do not fit into the rooms."""
    if party == sold.party and room_type.id == sold.room_type_id:
        return None
    return guests_reason(room_type=room_type, parties=party_split(party, house.property.child_max_age))


def change_free_reason(
    *, free: Mapping[date, int], room_type_id: int, stay: StayDates, rooms: int, sold: SoldStay
) -> Reason | None:
    """Return why the rooms that it needs beyond those it has are not free. ``free`` is what the inventory says."""
    short = [
        night
        for night in stay.dates()
        if rooms > sold.rooms_on(room_type_id, night)
        and (night not in free or free[night] < rooms - sold.rooms_on(room_type_id, night))
    ]
    if not short:
        return None
    if all(night not in free for night in short):
        return Reason(ReasonCode.NOT_ON_SALE, {"nights": [night.isoformat() for night in short]})
    return Reason(ReasonCode.SOLD_OUT, {"nights": [night.isoformat() for night in short], "rooms": rooms})


def change_reason(
    *,
    house: House,
    room_type: RoomTypeTerms,
    plan: PlanTerms,
    stay: StayDates,
    party: Party,
    sold: SoldStay,
    at: datetime,
    for_staff: bool,
) -> Reason | None:
    """Return why rules and restrictions forbid what becomes different. Staff may book earlier and later than guests."""
    return _rules_reason(
        house=house,
        room_type=room_type,
        plan=plan,
        stay=stay,
        party=party,
        sold=sold,
        at=at,
        for_staff=for_staff,
    ) or _restrictions_reason(house=house, room_type=room_type, plan=plan, stay=stay, sold=sold)


def _rules_reason(
    *,
    house: House,
    room_type: RoomTypeTerms,
    plan: PlanTerms,
    stay: StayDates,
    party: Party,
    sold: SoldStay,
    at: datetime,
    for_staff: bool,
) -> Reason | None:
    is_other = _is_other(room_type, plan, sold)
    rules = [rule for rule in house.rules if rule.covers(room_type.id, plan)]
    max_rooms = min((rule.max_rooms for rule in rules if rule.max_rooms is not None), default=None)
    if max_rooms is not None and party.rooms > max_rooms and (is_other or party.rooms > sold.party.rooms):
        return Reason(ReasonCode.TOO_MANY_ROOMS, {"max_rooms": max_rooms})
    max_nights = min((rule.max_nights for rule in rules if rule.max_nights is not None), default=None)
    if max_nights is not None and stay.nights > max_nights and (is_other or stay.nights > sold.stay.nights):
        return Reason(ReasonCode.TOO_LONG, {"max_stay": max_nights})
    arrives_anew = not sold.has_arrived and (is_other or stay.arrival != sold.stay.arrival)
    if for_staff or not arrives_anew:
        return None
    return window_reason(house=house, rules=rules, arrival=stay.arrival, at=at)


def _restrictions_reason(
    *, house: House, room_type: RoomTypeTerms, plan: PlanTerms, stay: StayDates, sold: SoldStay
) -> Reason | None:
    is_other = _is_other(room_type, plan, sold)
    covering = [entry for entry in house.restrictions if entry.covers(room_type.id, plan)]
    for night in stay.dates() if covering else ():
        if (is_other or night not in sold.stay) and day_terms(restrictions=covering, day=night).closed:
            return Reason(ReasonCode.CLOSED, {"date": night.isoformat()})
    arrives_anew = not sold.has_arrived and (is_other or stay.arrival != sold.stay.arrival)
    arrival = day_terms(restrictions=covering, day=stay.arrival) if covering else NO_TERMS
    if arrives_anew and arrival.closed_to_arrival:
        return Reason(ReasonCode.CLOSED_TO_ARRIVAL, {"date": stay.arrival.isoformat()})
    if (is_other or stay.departure != sold.stay.departure) and day_terms(
        restrictions=covering, day=stay.departure
    ).closed_to_departure:
        return Reason(ReasonCode.CLOSED_TO_DEPARTURE, {"date": stay.departure.isoformat()})
    special = [day.min_stay or 1 for day in house.special_days.values() if day.date in stay]
    min_stay = max([arrival.min_stay, *special])
    if stay.nights < min_stay and (arrives_anew or stay.nights < sold.stay.nights):
        return Reason(ReasonCode.MIN_STAY, {"min_stay": min_stay})
    is_longer = is_other or stay.nights > sold.stay.nights
    if arrival.max_stay is not None and stay.nights > arrival.max_stay and is_longer:
        return Reason(ReasonCode.MAX_STAY, {"max_stay": arrival.max_stay})
    return None


def _is_other(room_type: RoomTypeTerms, plan: PlanTerms, sold: SoldStay) -> bool:
    return (room_type.id, plan.id) != (sold.room_type_id, sold.rate_plan_id)
