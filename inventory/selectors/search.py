"""Search over properties: only what can be sold for the whole stay, cheapest total first, and why others drop out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.utils import timezone

from core.dates import StayDates
from core.replicas.reading import read_connection
from inventory.pricing.restrictions import dates_reason, guests_reason, most_useful
from inventory.reasons import ReasonCode
from inventory.types import Party, Quote, Reason

from .candidates import Ask, Candidate
from .catalogue import Catalogue
from .destinations import catalogues_of, destination_ids
from .summaries import PropertySummary, RatePlanSummary, RoomTypeSummary

FREE_SQL = """
SELECT room_type_id, count(*), min(available)
FROM inventory_roominventory
WHERE date >= %(arrival)s AND date < %(departure)s AND room_type_id = ANY(%(room_type_ids)s::bigint[])
GROUP BY room_type_id
"""
RATES_SQL = """
SELECT room_type_id, rate_plan_id, string_agg(price::text, ' ' ORDER BY date)
FROM inventory_rate
WHERE date >= %(arrival)s AND date < %(departure)s AND room_type_id = ANY(%(room_type_ids)s::bigint[])
GROUP BY room_type_id, rate_plan_id
HAVING count(*) = %(nights)s
"""
ORDERS = ("total", "stars", "name")


@dataclass(frozen=True)
class PropertyOffer:
    """The cheapest way to stay at a property; ``total`` is in the property's currency."""

    property: PropertySummary
    room_type: RoomTypeSummary
    rate_plan: RatePlanSummary
    available: int
    total: Decimal
    free_until: datetime | None
    candidate: Candidate

    @cached_property
    def currency(self) -> str:
        """The property's currency."""
        return self.property.currency

    @cached_property
    def refundable(self) -> bool:
        """Whether cancelling would be free for a while yet."""
        return self.free_until is not None

    @cached_property
    def cheapest_quote(self) -> Quote:
        """The itemised quote, made on first use without a query."""
        return self.candidate.quote


@dataclass(frozen=True)
class SearchResults:
    """What was found, and the properties that drop out with the reason a guest can do most about."""

    destination: str
    offers: list[PropertyOffer]
    unavailable: list[tuple[PropertySummary, Reason]]

    @property
    def total_count(self) -> int:
        """How many properties the destination has, under the filters that do not depend on the stay."""
        return len(self.offers) + len(self.unavailable)


@dataclass(frozen=True, slots=True)
class _Nights:
    """Free rooms on the fullest night of the stay, and rates as text, of room types."""

    nights: int
    free: Mapping[int, tuple[int, int]]
    rates: Mapping[tuple[int, int], str]
    arrival: date
    departure: date

    def free_rooms(self, room_type_id: int) -> int:
        """Return the rooms free on every night."""
        counted, available = self.free.get(room_type_id, (0, 0))
        return available if counted == self.nights else 0

    def reason(self, room_type_id: int, rooms: int) -> Reason:
        """Return why there are not enough."""
        counted, available = self.free.get(room_type_id, (0, 0))
        if counted < self.nights and (not counted or available >= rooms):
            return Reason(ReasonCode.NOT_ON_SALE)
        return Reason(ReasonCode.SOLD_OUT, {"rooms": rooms})

    def prices_of(self, room_type_id: int, rate_plan_id: int) -> Mapping[date, Decimal]:
        """Return the rates of the stay, if every night has one."""
        text = self.rates.get((room_type_id, rate_plan_id))
        return _prices(text, self.arrival, self.departure) if text else {}


@lru_cache(maxsize=4096)
def _prices(text: str, arrival: date, departure: date) -> Mapping[date, Decimal]:
    """Nightly rates from text; many room types have the same ones."""
    return dict(zip(StayDates(arrival, departure).dates(), map(Decimal, text.split()), strict=True))


def property_search(
    *,
    destination: str,
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = Decimal(0),
    at: datetime | None = None,
    stars: int | None = None,
    amenities: Collection[str] = (),
    board: str | None = None,
    refundable: bool = False,
    max_total: Decimal | None = None,
    order: str = "total",
) -> SearchResults:
    """Find published properties with rooms for the whole stay.

    ``stars`` is the fewest; ``amenities`` are codes, all of them wanted; ``refundable`` wants a rate
    whose cancelling is free for a while yet; ``max_total`` is in each property's
    currency; ``order`` is "total", "stars" (most first) or "name". Totals of different currencies are not compared:
    the currency with most offers comes first. Two queries, and three more where the catalogue is not cached, however
    many properties there are. Free rooms and rates are read afresh.
    """
    at = at or timezone.now()
    catalogues = [
        catalogue
        for catalogue in catalogues_of(property_ids=destination_ids(destination)).values()
        if _wanted(catalogue, stars=stars, amenities=amenities, board=board)
    ]
    asks = [
        Ask.at_house(house=catalogue.house, stay=stay, party=party, discount_percent=discount_percent, at=at)
        for catalogue in catalogues
    ]
    nights = _nights_get(asks=asks, stay=stay, rooms=party.rooms)
    offers: list[PropertyOffer] = []
    unavailable: list[tuple[PropertySummary, Reason]] = []
    for catalogue, ask in zip(catalogues, asks, strict=True):
        offer = _property_offer(catalogue, ask, nights, board=board, refundable=refundable)
        if isinstance(offer, Reason):
            unavailable.append((catalogue.property, offer))
        elif offer is not None and (max_total is None or offer.total <= max_total):
            offers.append(offer)
    return SearchResults(destination, _ordered(offers, order), unavailable)


def _wanted(
    catalogue: Catalogue, *, stars: int | None, amenities: Collection[str], board: str | None
) -> bool:
    return (
        (stars is None or (catalogue.property.stars or 0) >= stars)
        and (not amenities or set(amenities) <= {amenity.code for amenity in catalogue.property.amenities})
        and (board is None or any(plan.board == board for plan in catalogue.rate_plans.values()))
    )


def _nights_get(*, asks: Iterable[Ask], stay: StayDates, rooms: int) -> _Nights:
    """Read free rooms, then the rates of those room types alone that are free. Two queries."""
    room_type_ids = [room_type.id for ask in asks for room_type in ask.fitting]
    parameters: dict[str, Any] = {"arrival": stay.arrival, "departure": stay.departure, "nights": stay.nights}
    with read_connection().cursor() as cursor:
        cursor.execute(FREE_SQL, parameters | {"room_type_ids": _array(room_type_ids)})
        free = {key: (counted, available) for key, counted, available in cursor.fetchall()}
        sellable = [
            key for key, (counted, available) in free.items() if counted == stay.nights and available >= rooms
        ]
        cursor.execute(RATES_SQL, parameters | {"room_type_ids": _array(sellable)})
        rates = {(room_type_id, plan_id): text for room_type_id, plan_id, text in cursor.fetchall()}
    return _Nights(stay.nights, free, rates, stay.arrival, stay.departure)


def _array(ids: Iterable[int]) -> str:
    """An array as PostgreSQL reads it: thousands of numbers are written out in a tenth of the driver's time."""
    return f"{{{','.join(map(str, ids))}}}"


def _property_offer(
    catalogue: Catalogue, ask: Ask, nights: _Nights, *, board: str | None, refundable: bool
) -> PropertyOffer | Reason | None:
    """Return the cheapest candidate of a house, or the most useful reason why there is none; None if not wanted."""
    past = dates_reason(house=ask.house, stay=ask.stay, at=ask.at)
    if past is not None:
        return past
    free = [room_type for room_type in ask.fitting if nights.free_rooms(room_type.id) >= ask.party.rooms]
    plans = [
        plan
        for plan in ask.house.plans.values()
        if (board is None or plan.board == board) and not (refundable and ask.free_until(plan) is None)
    ]
    if not plans:
        return None
    best = ask.cheapest(room_types=free, plans=plans, rates=nights.prices_of)
    if not isinstance(best, Candidate):
        return best or _why_not_free(ask, nights) or Reason(ReasonCode.NO_RATE)
    return PropertyOffer(
        property=catalogue.property,
        room_type=catalogue.room_types[best.room_type.id],
        rate_plan=catalogue.rate_plans[best.plan.id],
        available=nights.free_rooms(best.room_type.id),
        total=best.total,
        free_until=best.free_until,
        candidate=best,
    )


def _why_not_free(ask: Ask, nights: _Nights) -> Reason | None:
    """Return the most useful reason why no room type is free."""
    fitting = {room_type.id for room_type in ask.fitting}
    reasons = [nights.reason(room_type_id, ask.party.rooms) for room_type_id in fitting]
    others = [room_type for room_type in ask.house.room_types.values() if room_type.id not in fitting]
    reasons += filter(None, (guests_reason(room_type=room_type, parties=ask.parties) for room_type in others))
    return most_useful(reasons)


def _ordered(offers: list[PropertyOffer], order: str) -> list[PropertyOffer]:
    if order not in ORDERS:
        raise ValueError(f"order is one of {', '.join(ORDERS)}")
    if order == "name":
        return sorted(offers, key=lambda offer: (offer.property.name, offer.property.id))
    counts = Counter(offer.currency for offer in offers)
    by_total = sorted(
        offers,
        key=lambda offer: (-counts[offer.currency], offer.currency, offer.total, offer.property.name),
    )
    if order == "stars":
        return sorted(by_total, key=lambda offer: -(offer.property.stars or 0))
    return by_total
