"""Houses and what they sell. `hotel` builds one that can be booked, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from core.dates import StayDates, date_range, property_today
from inventory.models import (
    Amenity,
    BookingRule,
    CalendarConflict,
    CancellationPolicy,
    CancellationTier,
    DepositPolicy,
    ExternalCalendar,
    ExternalEvent,
    InventoryBlock,
    OccupancyPrice,
    PenaltyKind,
    Property,
    Rate,
    RatePattern,
    RatePlan,
    Restriction,
    Room,
    RoomInventory,
    RoomType,
    SpecialDay,
    Tax,
)
from inventory.models.policies import DepositKind
from inventory.models.rates import WEEKDAYS
from inventory.models.taxes import TaxKind


class AmenityFactory(DjangoModelFactory[Amenity]):
    class Meta:
        model = Amenity

    code = factory.Sequence(lambda number: f"amenity-{number:05}")
    name = factory.Sequence(lambda number: f"Amenity {number:05}")


class PropertyFactory(DjangoModelFactory[Property]):
    class Meta:
        model = Property

    name = factory.Sequence(lambda number: f"Hotel {number:05}")
    slug = factory.Sequence(lambda number: f"hotel-{number:05}")
    city = "Berlin"
    country = "DE"
    stars = 4
    time_zone = "Europe/Berlin"
    currency = "EUR"
    is_published = True


class RoomTypeFactory(DjangoModelFactory[RoomType]):
    """A double room for two adults and a child."""

    class Meta:
        model = RoomType

    property = factory.SubFactory(PropertyFactory)
    code = factory.Sequence(lambda number: f"T{number:05}")
    name = factory.Sequence(lambda number: f"Double {number:05}")
    beds = "1 double bed"
    standard_occupancy = 2
    max_adults = factory.LazyAttribute(lambda room_type: max(2, room_type.standard_occupancy))
    max_children = 1
    max_occupancy = factory.LazyAttribute(lambda room_type: room_type.max_adults + room_type.max_children)


class RoomFactory(DjangoModelFactory[Room]):
    class Meta:
        model = Room

    room_type = factory.SubFactory(RoomTypeFactory)
    number = factory.Sequence(lambda number: f"{10_001 + number}")
    floor = "1"


class DepositPolicyFactory(DjangoModelFactory[DepositPolicy]):
    """Nothing in advance."""

    class Meta:
        model = DepositPolicy

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda number: f"Deposit {number:05}")
    kind = DepositKind.NONE
    value = Decimal(0)


class CancellationPolicyFactory(DjangoModelFactory[CancellationPolicy]):
    """Free until 48 hours before arrival, then the total."""

    class Meta:
        model = CancellationPolicy

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda number: f"Cancellation {number:05}")


class CancellationTierFactory(DjangoModelFactory[CancellationTier]):
    class Meta:
        model = CancellationTier

    policy = factory.SubFactory(CancellationPolicyFactory)
    hours_before = 48
    penalty_kind = PenaltyKind.PERCENT
    penalty_value = Decimal(0)


class RatePlanFactory(DjangoModelFactory[RatePlan]):
    """A plan with prices of its own; policies belong to its property."""

    class Meta:
        model = RatePlan

    property = factory.SubFactory(PropertyFactory)
    code = factory.Sequence(lambda number: f"P{number:05}")
    name = factory.Sequence(lambda number: f"Flexible {number:05}")
    board = "RO"
    cancellation_policy = factory.SubFactory(
        CancellationPolicyFactory, property=factory.SelfAttribute("..property")
    )
    deposit_policy = factory.SubFactory(DepositPolicyFactory, property=factory.SelfAttribute("..property"))


class DerivedRatePlanFactory(RatePlanFactory):
    """Ten percent below its parent."""

    derived_from = factory.SubFactory(RatePlanFactory, property=factory.SelfAttribute("..property"))
    derived_kind = "percent"
    derived_value = Decimal(-10)


class RatePatternFactory(DjangoModelFactory[RatePattern]):
    """100 every night, open-ended."""

    class Meta:
        model = RatePattern

    rate_plan = factory.SubFactory(RatePlanFactory)
    room_type = factory.SubFactory(RoomTypeFactory, property=factory.SelfAttribute("..rate_plan.property"))
    first_night = factory.LazyAttribute(lambda pattern: property_today(pattern.rate_plan.property.time_zone))
    monday = tuesday = wednesday = thursday = friday = saturday = sunday = Decimal(100)


class RateFactory(DjangoModelFactory[Rate]):
    class Meta:
        model = Rate

    rate_plan = factory.SubFactory(RatePlanFactory)
    room_type = factory.SubFactory(RoomTypeFactory, property=factory.SelfAttribute("..rate_plan.property"))
    date = factory.LazyAttribute(lambda rate: property_today(rate.rate_plan.property.time_zone))
    price = Decimal(100)


class RoomInventoryFactory(DjangoModelFactory[RoomInventory]):
    class Meta:
        model = RoomInventory

    room_type = factory.SubFactory(RoomTypeFactory)
    date = factory.LazyAttribute(lambda night: property_today(night.room_type.property.time_zone))
    total = 5


class InventoryBlockFactory(DjangoModelFactory[InventoryBlock]):
    """Only the row; `inventory.services.block_create` also takes the rooms out of sale."""

    class Meta:
        model = InventoryBlock

    room_type = factory.SubFactory(RoomTypeFactory)
    start = factory.LazyAttribute(lambda block: property_today(block.room_type.property.time_zone))
    end = factory.LazyAttribute(lambda block: block.start + timedelta(days=2))
    reason = "Painting"


class ExternalCalendarFactory(DjangoModelFactory[ExternalCalendar]):
    class Meta:
        model = ExternalCalendar

    room_type = factory.SubFactory(RoomTypeFactory)
    name = "Airbnb"
    url = factory.Sequence(lambda number: f"https://channel.example/calendar/{number:05}.ics")


class ExternalEventFactory(DjangoModelFactory[ExternalEvent]):
    """Only the row; an import also blocks its nights."""

    class Meta:
        model = ExternalEvent

    calendar = factory.SubFactory(ExternalCalendarFactory)
    uid = factory.Sequence(lambda number: f"{number:05}@channel.example")
    start = factory.LazyAttribute(lambda event: property_today(event.calendar.room_type.property.time_zone))
    end = factory.LazyAttribute(lambda event: event.start + timedelta(days=2))
    summary = "Reserved"


class CalendarConflictFactory(DjangoModelFactory[CalendarConflict]):
    class Meta:
        model = CalendarConflict

    event = factory.SubFactory(ExternalEventFactory)
    calendar = factory.SelfAttribute("event.calendar")
    summary = factory.SelfAttribute("event.summary")
    nights = factory.LazyAttribute(lambda conflict: [conflict.event.start])


class OccupancyPriceFactory(DjangoModelFactory[OccupancyPrice]):
    """One adult alone pays 20 less."""

    class Meta:
        model = OccupancyPrice

    room_type = factory.SubFactory(RoomTypeFactory)
    guests = "adults"
    count = 1
    kind = "amount"
    value = Decimal(-20)


class SpecialDayFactory(DjangoModelFactory[SpecialDay]):
    """A quarter more."""

    class Meta:
        model = SpecialDay

    property = factory.SubFactory(PropertyFactory)
    date = factory.LazyAttribute(lambda day: property_today(day.property.time_zone))
    name = "Trade fair"
    value = Decimal("1.25")


class RestrictionFactory(DjangoModelFactory[Restriction]):
    """At least two nights on one date."""

    class Meta:
        model = Restriction

    property = factory.SubFactory(PropertyFactory)
    first_date = factory.LazyAttribute(lambda restriction: property_today(restriction.property.time_zone))
    last_date = factory.SelfAttribute("first_date")
    min_stay = factory.LazyAttribute(
        lambda restriction: (
            None
            if restriction.closed
            or restriction.closed_to_arrival
            or restriction.closed_to_departure
            or restriction.max_stay
            else 2
        )
    )
    max_stay = None
    closed = False
    closed_to_arrival = False
    closed_to_departure = False


class BookingRuleFactory(DjangoModelFactory[BookingRule]):
    class Meta:
        model = BookingRule

    property = factory.SubFactory(PropertyFactory)


class TaxFactory(DjangoModelFactory[Tax]):
    """Seven percent, included."""

    class Meta:
        model = Tax

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda number: f"Tax {number:05}")
    kind = TaxKind.PERCENT
    value = Decimal(7)
    is_included = True


@dataclass(frozen=True)
class Hotel:
    """A house that can be booked on ``nights`` nights from ``first`` on."""

    property: Property
    room_type: RoomType
    plan: RatePlan
    first: date
    nights: int

    def stay(self, offset: int = 0, nights: int = 2) -> StayDates:
        """``nights`` nights that begin ``offset`` days after the first one."""
        arrival = self.first + timedelta(days=offset)
        return StayDates(arrival, arrival + timedelta(days=nights))

    def inventory(self, offset: int = 0) -> RoomInventory:
        """The first room type's inventory of one night, read afresh."""
        return RoomInventory.objects.get(room_type=self.room_type, date=self.first + timedelta(days=offset))


def hotel(
    *,
    first: date | None = None,
    nights: int = 30,
    rooms: int = 5,
    price: Decimal | str | int = "100.00",
    in_property: Property | None = None,
    plan: RatePlan | None = None,
    room_type: dict[str, Any] | None = None,
    deposit: str = DepositKind.NONE,
    deposit_value: Decimal | str | int = 0,
    tiers: tuple[tuple[int, str, Decimal | str | int], ...] = ((48, PenaltyKind.PERCENT, 0),),
    **property_fields: Any,
) -> Hotel:
    """Build a house with one room type, its rooms and inventory, one rate plan with policies, and nightly prices.

    ``first`` is a week from today at the property unless given. ``tiers`` are (hours before arrival, kind,
    value). With ``in_property`` (and ``plan``) another room type is added to a house that is there.
    ``property_fields`` go to the property, ``room_type`` to the room type.
    """
    house = in_property or PropertyFactory.create(**property_fields)
    first = first or property_today(house.time_zone) + timedelta(days=7)
    kind = RoomTypeFactory.create(property=house, **(room_type or {}))
    RoomFactory.create_batch(rooms, room_type=kind)
    if plan is None:
        plan = RatePlanFactory.create(
            property=house,
            deposit_policy=DepositPolicyFactory.create(
                property=house, kind=deposit, value=Decimal(deposit_value)
            ),
        )
        for hours_before, penalty_kind, value in tiers:
            CancellationTierFactory.create(
                policy=plan.cancellation_policy,
                hours_before=hours_before,
                penalty_kind=penalty_kind,
                penalty_value=Decimal(value),
            )
    dates = list(date_range(first, first + timedelta(days=nights)))
    RatePatternFactory.create(
        rate_plan=plan, room_type=kind, first_night=first, **{day: Decimal(price) for day in WEEKDAYS}
    )
    RoomInventory.objects.bulk_create(
        RoomInventory(room_type=kind, date=night, total=rooms) for night in dates
    )
    Rate.objects.bulk_create(
        Rate(rate_plan=plan, room_type=kind, date=night, price=Decimal(price)) for night in dates
    )
    return Hotel(property=house, room_type=kind, plan=plan, first=first, nights=nights)
