"""Who waits, in turn, and what there is to offer them. Always read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import DateField, DateTimeField, ExpressionWrapper, F, Func, Max, Min, Value
from django.db.models.functions import Cast

from core.dates import StayDates
from inventory.selectors.nights import room_type_nights
from inventory.selectors.terms import houses_get
from inventory.types import Party
from waitlist.matching import Market
from waitlist.models import FLEXIBLE_DAYS_MAX, WaitlistEntry, WaitlistOffer
from waitlist.querysets import WaitlistEntryQuerySet
from waitlist.types import Wish

DISCOUNT = "user__membership__tier__discount_percent"

AWAY_FROM_UTC = timedelta(days=1)
"""No clock is further from UTC."""


def waiting_property_ids() -> list[int]:
    """The properties where somebody waits. One query."""
    return sorted(WaitlistEntry.objects.waiting().order_by().values_list("property_id", flat=True).distinct())


def entries_waiting(*, property_id: int) -> WaitlistEntryQuerySet:
    """Who waits for rooms of a property, in turn, with ``discount_percent`` (the member's, or None). One query."""
    return (
        WaitlistEntry.objects.waiting()
        .filter(property_id=property_id)
        .with_house()
        .select_related("user")
        .annotate(discount_percent=F(DISCOUNT))
        .in_turn()
    )


def wish_of(entry: WaitlistEntry, *, discount_percent: Decimal | None = None) -> Wish:
    """What an entry waits for. No query."""
    return Wish(
        stay=StayDates(entry.arrival, entry.departure),
        party=Party(entry.adults, tuple(entry.children_ages), entry.rooms),
        room_type_id=entry.room_type_id,
        flexible_days=entry.flexible_days,
        max_total=entry.max_total,
        currency=entry.currency,
        discount_percent=discount_percent or Decimal(0),
    )


def market_get(*, property_id: int, first: date, last: date) -> Market | None:
    """What a property can sell for stays between two dates; None for one that does not exist. Three queries."""
    house = houses_get(property_ids=[property_id], first=first, last=last).get(property_id)
    if house is None:
        return None
    nights = room_type_nights(room_type_ids=house.room_types, stay=StayDates(first, last))
    return Market(house, nights)


def market_for_queue(*, property_id: int) -> Market | None:
    """What a property can sell on the nights for which somebody waits; None where nobody does. Four queries."""
    span = (
        WaitlistEntry.objects.waiting()
        .filter(property_id=property_id)
        .order_by()
        .aggregate(first=Min("arrival"), last=Max("departure"))
    )
    if span["first"] is None:
        return None
    flexible = timedelta(days=FLEXIBLE_DAYS_MAX)
    return market_get(property_id=property_id, first=span["first"] - flexible, last=span["last"] + flexible)


def stays_offered(*, entry_ids: Iterable[int]) -> dict[int, set[tuple[int, date, date]]]:
    """The stays that were offered before, by entry: nobody is offered the same one twice. One query."""
    offered: dict[int, set[tuple[int, date, date]]] = defaultdict(set)
    rows = WaitlistOffer.objects.filter(entry_id__in=list(entry_ids)).order_by()
    for entry_id, room_type_id, arrival, departure in rows.values_list(
        "entry_id", "booking__room_type_id", "booking__arrival", "booking__departure"
    ):
        offered[entry_id].add((room_type_id, arrival, departure))
    return offered


def property_of_freed_nights(*, room_type_id: int, arrival: date, departure: date) -> int | None:
    """The room type's property if somebody waits for some of these nights, else None. One query."""
    return (
        WaitlistEntry.objects.waiting()
        .filter(property__room_types=room_type_id)
        .wanting(arrival=arrival, departure=departure, room_type_id=room_type_id)
        .order_by()
        .values_list("property_id", flat=True)
        .first()
    )


def entries_over(*, at: datetime, limit: int) -> list[int]:
    """Who waits for days that are gone on the property's calendar, the longest gone first. One query."""
    today = Cast(
        Func(
            F("property__time_zone"),
            Value(at, output_field=DateTimeField()),
            function="timezone",
            output_field=DateTimeField(),
        ),
        DateField(),
    )
    return list(
        WaitlistEntry.objects.waiting()
        .filter(arrival__lte=(at + AWAY_FROM_UTC).date())
        .alias(today=today)
        .filter(arrival__lt=ExpressionWrapper(F("today") - F("flexible_days"), output_field=DateField()))
        .order_by("arrival", "pk")
        .values_list("pk", flat=True)[:limit]
    )
