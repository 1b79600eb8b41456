"""What a property offers for a stay: every room type at every plan, with a price or a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from core.cache.keys import AVAILABILITY
from core.cache.read import get_or_compute
from core.dates import StayDates
from inventory.cache import made_from_nights
from inventory.pricing.data import RoomTypeTerms
from inventory.pricing.restrictions import dates_reason, free_reason, guests_reason, most_useful
from inventory.types import Party, Quote, Reason

from .candidates import Ask, Candidate
from .catalogue import Catalogue, catalogue_get
from .nights import StayNights, room_type_nights
from .summaries import RatePlanSummary, RoomTypeSummary


@dataclass(frozen=True)
class PlanOffer:
    """A room type at a rate plan. ``total`` is None where there is a ``reason``."""

    rate_plan: RatePlanSummary
    total: Decimal | None
    reason: Reason | None
    free_until: datetime | None
    candidate: Candidate

    @property
    def quote(self) -> Quote | None:
        """The itemised quote, made on first use."""
        return self.candidate.quote if self.reason is None else None

    @property
    def refundable(self) -> bool:
        """Whether cancelling would be free for a while yet."""
        return self.free_until is not None


@dataclass(frozen=True)
class RoomTypeOffer:
    """A room type for a stay: free rooms on its fullest night, plans cheapest first, ``from_total`` the cheapest."""

    room_type: RoomTypeSummary
    available: int
    plans: list[PlanOffer]
    reason: Reason | None
    from_total: Decimal | None


def offers_for_property(
    *,
    property_id: int,
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = Decimal(0),
    at: datetime | None = None,
    for_staff: bool = False,
) -> list[RoomTypeOffer]:
    """Return what the property offers, cheapest first and what cannot be sold last.

    No query if cached, else two, and two more where the catalogue is not cached either. Prices may be five minutes
    old; what is sold is quoted afresh. Raises `NotFound`.
    """
    catalogue = catalogue_get(property_id=property_id)
    at = at or timezone.now()
    ask = Ask.at_house(
        house=catalogue.house,
        stay=stay,
        party=party,
        discount_percent=discount_percent,
        at=at,
        for_staff=for_staff,
    )
    nights = stay_nights_cached(catalogue=catalogue, stay=stay)
    past = dates_reason(house=ask.house, stay=stay, at=at)
    offers = [
        _room_type_offer(catalogue, ask, nights, room_type, past)
        for room_type in ask.house.room_types.values()
        if room_type.id in catalogue.room_types
    ]
    return sorted(offers, key=lambda offer: (offer.from_total is None, offer.from_total or 0))


def stay_nights_cached(*, catalogue: Catalogue, stay: StayDates) -> StayNights:
    """Return free rooms and rates of a property's room types. No query if cached, else two.

    What is kept are the whole weeks around a stay, so that who asks for other nights of them finds them there.
    """
    weeks = stay.whole_weeks()
    nights = get_or_compute(
        AVAILABILITY,
        catalogue.property.id,
        ("nights", weeks.arrival.isoformat(), weeks.departure.isoformat()),
        lambda: room_type_nights(room_type_ids=catalogue.house.room_types, stay=weeks),
        made_from=made_from_nights(catalogue.property.id, weeks.dates()),
    )
    return nights.during(stay)


def _room_type_offer(
    catalogue: Catalogue, ask: Ask, nights: StayNights, room_type: RoomTypeTerms, past: Reason | None
) -> RoomTypeOffer:
    free = nights.free_of(room_type.id)
    reason = (
        past
        or guests_reason(room_type=room_type, parties=ask.parties)
        or free_reason(free=free, stay=ask.stay, rooms=ask.party.rooms)
    )
    plans: list[PlanOffer] = []
    if reason is None:
        plans = [
            _plan_offer(candidate, catalogue.rate_plans[candidate.plan.id])
            for candidate in ask.candidates(room_type, nights.prices_of)
            if candidate.plan.id in catalogue.rate_plans
        ]
        plans.sort(key=lambda offer: (offer.total is None, offer.total or 0))
    totals = [offer.total for offer in plans if offer.total is not None]
    if reason is None and not totals:
        reason = most_useful(offer.reason for offer in plans if offer.reason is not None)
    return RoomTypeOffer(
        room_type=catalogue.room_types[room_type.id],
        available=min(free.values(), default=0) if len(free) == ask.stay.nights else 0,
        plans=plans,
        reason=reason,
        from_total=min(totals, default=None),
    )


def _plan_offer(candidate: Candidate, rate_plan: RatePlanSummary) -> PlanOffer:
    return PlanOffer(
        rate_plan=rate_plan,
        total=candidate.total if candidate.reason is None else None,
        reason=candidate.reason,
        free_until=candidate.free_until if candidate.reason is None else None,
        candidate=candidate,
    )
