"""How the price of a stay moved: what it would have cost at each time, by rate plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from core.cache.keys import AVAILABILITY
from core.cache.read import get_or_compute
from core.dates import StayDates
from core.replicas.reading import read_connection
from inventory.exceptions import UnknownRoomType
from inventory.models import Rate
from inventory.pricing.lines import ZERO
from inventory.pricing.quotes import Pricer, stay_total
from inventory.pricing.restrictions import guests_reason
from inventory.types import Party, Reason, party_split

from .catalogue import Catalogue
from .summaries import RatePlanSummary, RoomTypeSummary

HISTORY_DAYS = 365
"""So far back a guest may look."""
CHANGES_MAX = 2_000
"""Older changes than so many are left out: the history begins later then."""

CHANGES_SQL = """
SELECT id, changed_at, rate_plan_id, price_before,
       ARRAY(SELECT night FROM unnest(nights) night WHERE night >= %(arrival)s AND night < %(departure)s)
FROM inventory_pricechange
WHERE room_type_id = %(room_type_id)s AND stay_month = ANY(%(months)s::date[]) AND nights && %(nights)s::date[]
  AND changed_at >= %(since)s
ORDER BY id DESC
LIMIT %(limit)s
"""

Prices = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class PricePoint:
    """What the stay cost from an instant on; None where a night had no price."""

    at: datetime
    total: Decimal | None


@dataclass(frozen=True)
class PlanPrices:
    """The prices of one rate plan, oldest first; each point differs from the one before it."""

    rate_plan: RatePlanSummary
    points: tuple[PricePoint, ...]

    @cached_property
    def totals(self) -> list[Decimal]:
        """Every figure there was, oldest first."""
        return [point.total for point in self.points if point.total is not None]

    @property
    def current(self) -> Decimal | None:
        """What it costs now."""
        return self.points[-1].total if self.points else None

    @property
    def lowest(self) -> Decimal | None:
        """The least it ever cost in that time."""
        return min(self.totals, default=None)

    @property
    def highest(self) -> Decimal | None:
        """The most it ever cost in that time."""
        return max(self.totals, default=None)


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """A room type's prices for a stay since an instant. ``reason``: why these guests cannot have the room at all."""

    room_type: RoomTypeSummary
    currency: str
    stay: StayDates
    since: datetime
    until: datetime
    plans: tuple[PlanPrices, ...]
    reason: Reason | None = None

    @property
    def has_changes(self) -> bool:
        """Whether any price moved."""
        return any(len(plan.points) > 1 for plan in self.plans)

    @property
    def has_prices(self) -> bool:
        """Whether there was any price at all."""
        return any(plan.totals for plan in self.plans)


def price_history(
    *,
    catalogue: Catalogue,
    room_type_id: int,
    stay: StayDates,
    party: Party,
    discount_percent: Decimal = ZERO,
    since: datetime | None = None,
    at: datetime | None = None,
) -> PriceHistory:
    """Return what the stay would have cost at every time since ``since`` (default: a year before ``at``).

    Nightly rates are those of each time; derived plans, guests, special days and taxes count as they do now: the last
    point is the total that is offered now. No query if cached (five minutes, or until a rate changes), else two.
    Raises `UnknownRoomType`.
    """
    if room_type_id not in catalogue.room_types or room_type_id not in catalogue.house.room_types:
        raise UnknownRoomType
    at = at or timezone.now()
    begin = since or (at - timedelta(days=HISTORY_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    key = (
        "price_history",
        room_type_id,
        stay.arrival.isoformat(),
        stay.departure.isoformat(),
        party.adults,
        "-".join(map(str, party.children_ages)),
        party.rooms,
        str(discount_percent),
        begin.isoformat(),
    )
    reason, plans, first = get_or_compute(
        AVAILABILITY,
        catalogue.property.id,
        key,
        lambda: _compute(catalogue, room_type_id, stay, party, discount_percent, begin),
    )
    return PriceHistory(
        room_type=catalogue.room_types[room_type_id],
        currency=catalogue.property.currency,
        stay=stay,
        since=min(first or at, at),
        until=at,
        plans=plans,
        reason=reason,
    )


def _compute(
    catalogue: Catalogue,
    room_type_id: int,
    stay: StayDates,
    party: Party,
    discount_percent: Decimal,
    since: datetime,
) -> tuple[Reason | None, tuple[PlanPrices, ...], datetime | None]:
    house = catalogue.house
    room_type = house.room_types[room_type_id]
    parties = party_split(party, house.property.child_max_age)
    reason = guests_reason(room_type=room_type, parties=parties)
    if reason is not None:
        return reason, (), None
    states = nightly_states(room_type_id=room_type_id, stay=stay, since=since)
    plans = []
    for plan in house.plans_for(room_type_id):
        if plan.id not in catalogue.rate_plans:
            continue
        pricer = Pricer(
            house=house, room_type=room_type, plan=plan, parties=parties, discount_percent=discount_percent
        )
        known: dict[tuple[date, Decimal], Decimal] = {}
        points: list[PricePoint] = []
        for instant, rates in states.get(plan.priced_by, ()):
            total = None
            if len(rates) == stay.nights:
                for night, base in rates.items():
                    if (night, base) not in known:
                        known[night, base] = pricer.night_total(night, base)
                total = stay_total(
                    house=house,
                    night_prices={night: known[night, rates[night]] for night in stay.dates()},
                    parties=parties,
                )
            if points[-1].total != total if points else total is not None:
                points.append(PricePoint(instant, total))
        plans.append(PlanPrices(catalogue.rate_plans[plan.id], tuple(points)))
    first = min((plan.points[0].at for plan in plans if plan.points), default=None)
    return None, tuple(plans), first


def nightly_states(
    *, room_type_id: int, stay: StayDates, since: datetime
) -> dict[int, list[tuple[datetime, Prices]]]:
    """Return by plan with prices of its own: the rates of the stay's nights from each instant on, oldest first.

    Goes back from what the rates are now, so a history that begins late shortens it and makes nothing wrong. The first
    state stands since ``since``, or since the oldest change that is known. Two queries.
    """
    now: dict[int, dict[date, Decimal]] = defaultdict(dict)
    rates = Rate.objects.filter(
        room_type_id=room_type_id, date__gte=stay.arrival, date__lt=stay.departure
    ).order_by()
    for plan_id, night, price in rates.values_list("rate_plan_id", "date", "price"):
        now[plan_id][night] = price
    rows = _changes(room_type_id, stay, since)
    begin = rows[-1][1] if len(rows) == CHANGES_MAX else since
    by_plan: dict[int, list[tuple[datetime, Decimal | None, list[date]]]] = defaultdict(list)
    instant = begin
    for _id, changed_at, plan_id, before, nights in reversed(rows):
        # transactions that met: what came later stands since the later of both
        instant = max(instant, changed_at)
        by_plan[plan_id].append((instant, before, nights))
    return {plan_id: _backwards(now[plan_id], by_plan[plan_id], begin) for plan_id in {*now, *by_plan}}


def _backwards(
    now: Prices, changes: Iterable[tuple[datetime, Decimal | None, list[date]]], begin: datetime
) -> list[tuple[datetime, Prices]]:
    """Undo the changes one after another, from the newest back; those of one instant together."""
    state = dict(now)
    states: list[tuple[datetime, Prices]] = []
    stands_since: datetime | None = None
    for instant, before, nights in reversed(list(changes)):
        if instant != stands_since:
            states.append((instant, dict(state)))
            stands_since = instant
        for night in nights:
            if before is None:
                state.pop(night, None)
            else:
                state[night] = before
    if state:
        states.append((begin, state))
    return states[::-1]


def _changes(
    room_type_id: int, stay: StayDates, since: datetime
) -> list[tuple[int, datetime, int, Decimal | None, list[date]]]:
    nights = stay.dates()
    with read_connection().cursor() as cursor:
        cursor.execute(
            CHANGES_SQL,
            {
                "room_type_id": room_type_id,
                "months": sorted({night.replace(day=1) for night in nights}),
                "nights": nights,
                "arrival": stay.arrival,
                "departure": stay.departure,
                "since": since,
                "limit": CHANGES_MAX,
            },
        )
        return list(cursor.fetchall())
