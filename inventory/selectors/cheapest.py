"""The cheapest way to book each of many stays at one house, right now. Reads the database, never a cache."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from core.dates import StayDates
from inventory.models import Rate, RoomInventory
from inventory.pricing.data import House
from inventory.pricing.restrictions import dates_reason, free_reason
from inventory.types import Party

from .candidates import Ask, Candidate
from .nights import StayNights
from .terms import houses_get


@dataclass(frozen=True, slots=True)
class StayWish:
    """A stay somebody wants, in that room type or in any in which they fit. ``discount_percent`` is the member's."""

    stay: StayDates
    party: Party
    room_type_id: int | None = None
    discount_percent: Decimal = Decimal(0)


def cheapest_offers(
    *, property_id: int, wishes: Sequence[StayWish], at: datetime | None = None
) -> list[Candidate | None]:
    """Return for each wish the cheapest offer a guest can book at ``at``: rooms free, rules kept, price known.

    None where nothing can be booked; the cheapest is by the total that is charged, then in the order of the house.
    Three queries however many wishes. An unknown or unpublished house offers nothing.
    """
    if not wishes:
        return []
    at = at or timezone.now()
    house = houses_get(
        property_ids=[property_id],
        first=min(wish.stay.arrival for wish in wishes),
        last=max(wish.stay.departure for wish in wishes),
    ).get(property_id)
    if house is None or not house.property.is_published:
        return [None] * len(wishes)
    nights = _nights(house.room_types, {night for wish in wishes for night in wish.stay.dates()})
    return [_cheapest(house, nights, wish, at) for wish in wishes]


def _cheapest(house: House, nights: StayNights, wish: StayWish, at: datetime) -> Candidate | None:
    if dates_reason(house=house, stay=wish.stay, at=at) is not None:
        return None
    ask = Ask.at_house(
        house=house, stay=wish.stay, party=wish.party, discount_percent=wish.discount_percent, at=at
    )

    def rates(room_type_id: int, rate_plan_id: int) -> dict[date, Decimal]:
        known = nights.prices_of(room_type_id, rate_plan_id)
        return {night: known[night] for night in wish.stay.dates() if night in known}

    best: Candidate | None = None
    for room_type in ask.fitting:
        if wish.room_type_id not in (None, room_type.id):
            continue
        of_type = nights.free_of(room_type.id)
        free = {night: of_type[night] for night in wish.stay.dates() if night in of_type}
        if free_reason(free=free, stay=wish.stay, rooms=wish.party.rooms) is not None:
            continue
        for candidate in ask.candidates(room_type, rates):
            if candidate.reason is None and (best is None or candidate.total < best.total):
                best = candidate
    return best


def _nights(room_type_ids: Iterable[int], dates: Iterable[date]) -> StayNights:
    """Return free rooms and rates of some nights, which need not follow one another. Two queries."""
    ids, wanted = list(room_type_ids), sorted(dates)
    free: dict[int, dict[date, int]] = defaultdict(dict)
    prices: dict[tuple[int, int], dict[date, Decimal]] = defaultdict(dict)
    inventory = RoomInventory.objects.filter(room_type_id__in=ids, date__in=wanted).order_by()
    for room_type_id, night, available in inventory.values_list("room_type_id", "date", "available"):
        free[room_type_id][night] = available
    rows = Rate.objects.filter(room_type_id__in=ids, date__in=wanted).order_by()
    for room_type_id, rate_plan_id, night, price in rows.values_list(
        "room_type_id", "rate_plan_id", "date", "price"
    ):
        prices[room_type_id, rate_plan_id][night] = price
    return StayNights(dict(free), dict(prices))
