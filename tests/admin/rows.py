"""For every model of the administration, how to make rows of it in one property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone

from accounts.models import Membership, MembershipTier, PropertyStaff, User
from bookings.models import Booking, Group, GroupBlock, Guest, Review, ReviewReport, Trip
from bookings.services import booking_cancel
from bookings.services.reviews import review_report
from bookings.services.trips import trip_create
from core.models import Effect, ScheduledJob
from inventory import models as inventory
from notifications.models import DomainEvent, Notification, WebhookDelivery, WebhookEndpoint
from payments.models import Dispute, Folio, Invoice, Payment, Refund, WebhookEvent
from payments.services import invoice_issue, payment_record, refund_create
from payments.types import InvoiceRecipient
from reports.models import PropertyGroup, ReportSchedule
from tests.factories import inventory as houses
from tests.factories import spaces
from tests.factories.accounts import (
    MembershipFactory,
    MembershipTierFactory,
    StaffFactory,
    SuperuserFactory,
    UserFactory,
)
from tests.factories.bookings import held
from tests.factories.inventory import Hotel
from tests.factories.notifications import notification
from tests.factories.payments import FolioFactory, folio_charged
from tests.factories.reviews import published, written
from tests.factories.waitlist import waiting
from tests.factories.webhooks import delivery, endpoint, event
from waitlist.models import PriceAlert, PriceDrop, WaitlistEntry, WaitlistOffer
from waitlist.services import offer_make, stays_for_entry

Build = Callable[[Hotel, int], Any]


def _of_property(factory: Any) -> Build:
    return lambda house, number: factory.create(property=house.property)


def _room_type(house: Hotel) -> Any:
    return houses.RoomTypeFactory.create(property=house.property)


def _calendar(house: Hotel) -> inventory.ExternalCalendar:
    return houses.ExternalCalendarFactory.create(room_type=_room_type(house))


def _restriction(house: Hotel, number: int) -> Any:
    return houses.RestrictionFactory.create(
        property=house.property, room_type=_room_type(house), rate_plan=house.plan
    )


def _rule(house: Hotel, number: int) -> Any:
    return houses.BookingRuleFactory.create(
        property=house.property, room_type=_room_type(house), rate_plan=house.plan
    )


def _special_day(house: Hotel, number: int) -> Any:
    return houses.SpecialDayFactory.create(property=house.property, date=house.first + timedelta(days=number))


def _payment(house: Hotel, number: int) -> Payment:
    folio = FolioFactory.create(property=house.property)
    return payment_record(
        folio_id=folio.pk,
        method="cash",
        amount=100,  # type: ignore[arg-type]
        currency=folio.currency,
        idempotency_key=uuid4().hex,
        actor=SuperuserFactory.create(),
    )


def _refund(house: Hotel, number: int) -> Refund:
    payment = _payment(house, number)
    return refund_create(
        payment_id=payment.pk,
        amount=10,  # type: ignore[arg-type]
        reason="Noise",
        idempotency_key=uuid4().hex,
        actor=SuperuserFactory.create(),
    )


def _dispute(house: Hotel, number: int) -> Dispute:
    payment = _payment(house, number)
    return Dispute.objects.create(
        payment=payment,
        provider_reference=uuid4().hex,
        amount=10,
        currency=payment.currency,
        reason="fraudulent",
        status="needs_response",
        opened_at=timezone.now(),
    )


def _booking(house: Hotel, number: int) -> Booking:
    """Each with a room type of its own, so that a list that reads them one by one shows it."""
    own = houses.hotel(in_property=house.property, nights=2, rooms=1, first=house.first)
    return held(replace(own), user=UserFactory.create()).booking


def _notification(house: Hotel, number: int) -> Notification:
    return notification(property_id=house.property.pk, user=UserFactory.create())


def _effect(house: Hotel, number: int) -> Effect:
    """One that was given up: it has a reason, and an action."""
    return Effect.objects.create(
        kind="core.scheduled_job",
        queue="scheduled",
        dedup_key=uuid4().hex,
        property_id=house.property.pk,
        status="dead",
        finished_at=timezone.now(),
        last_error="ValueError: no",
        progress_done=number,
        progress_total=50,
    )


def _review(house: Hotel, number: int) -> Review:
    own = houses.hotel(in_property=house.property, nights=2, rooms=1, first=house.first)
    return written(own, title=f"Stay {number}", user=UserFactory.create())


def _report(house: Hotel, number: int) -> ReviewReport:
    own = houses.hotel(in_property=house.property, nights=2, rooms=1, first=house.first)
    review = published(own, user=UserFactory.create())
    return review_report(
        review_id=review.pk, reason="fake", user=UserFactory.create(), client=f"client {number}"
    )


def _trip(house: Hotel, number: int) -> Trip:
    booking = _booking(house, number)
    return trip_create(user=booking.user, booking_ids=[booking.pk])


def _guest(house: Hotel, number: int) -> Guest:
    """A guest with a stay, merged into another: the list shows both."""
    booking = _booking(house, number)
    guest = Guest.objects.create(property=house.property, name=f"Guest {number}")
    Booking.objects.filter(pk=booking.pk).update(guest=guest)
    return guest


def _waiting(house: Hotel, number: int) -> WaitlistEntry:
    """Each for a room type of its own, with a user."""
    own = houses.hotel(in_property=house.property, nights=2, rooms=1, first=house.first)
    held(own)
    return waiting(own, user=UserFactory.create())


def _waitlist_offer(house: Hotel, number: int) -> WaitlistOffer:
    own = houses.hotel(in_property=house.property, nights=2, rooms=1, first=house.first)
    booking = held(own).booking
    entry = waiting(own, user=UserFactory.create())
    booking_cancel(booking_id=booking.pk, actor=None)
    return offer_make(entry_id=entry.pk, fit=stays_for_entry(entry=entry)[0])


def _price_change(house: Hotel, number: int) -> inventory.PriceChange:
    """What the database wrote for a rate of a room type of its own."""
    rate = houses.RateFactory.create(rate_plan=house.plan, room_type=_room_type(house))
    return inventory.PriceChange.objects.get(room_type=rate.room_type)


def _price_alert(house: Hotel, number: int) -> PriceAlert:
    """Each of an account and a room type of its own, with a drop."""
    alert = PriceAlert.objects.create(
        reference=uuid4().hex[:16],
        property=house.property,
        room_type=_room_type(house),
        user=UserFactory.create(),
        guest_email=f"{uuid4().hex}@example.com",
        arrival=house.first,
        departure=house.first + timedelta(days=2),
        adults=2,
        currency="EUR",
        target_total=100,
        status="active",
        confirmed_at=timezone.now(),
    )
    PriceDrop.objects.create(
        alert=alert,
        total=90,
        currency="EUR",
        room_type=alert.room_type,
        rate_plan=house.plan,
        told_at=timezone.now(),
    )
    return alert


def _closure(house: Hotel, number: int) -> inventory.RoomClosure:
    """Of a room of its own, by somebody."""
    return inventory.RoomClosure.objects.create(
        room=houses.RoomFactory.create(room_type=_room_type(house)),
        kind="out_of_service",
        start=house.first,
        end=house.first + timedelta(days=2),
        reason="Lamp",
        created_by=UserFactory.create(),
    )


def _extra(house: Hotel, number: int) -> Any:
    return inventory.Extra.objects.create(
        property=house.property, name=f"Extra {number}", price=Decimal("12.00")
    )


def _group(house: Hotel, number: int) -> Any:
    return Group.objects.create(
        property=house.property,
        name=f"Group {number}",
        arrival=house.first,
        departure=house.first + timedelta(days=2),
        release_date=house.first,
        rate_plan=house.plan,
    )


def _group_block(house: Hotel, number: int) -> Any:
    group = _group(house, number)
    return GroupBlock.objects.create(
        group=group, room_type=house.room_type, date=house.first + timedelta(days=number), rooms=0
    )


def _invoice(house: Hotel, number: int) -> Any:
    return invoice_issue(
        folio_id=folio_charged("10.00", property=house.property).pk,
        recipient=InvoiceRecipient(name=f"Guest {number}"),
        actor=SuperuserFactory.create(),
        key="row",
    )


def _schedule(house: Hotel, number: int) -> ReportSchedule:
    schedule = ReportSchedule.objects.create(
        report="occupancy", property=house.property, rhythm="daily", time="07:00", next_at=timezone.now()
    )
    schedule.recipients.add(StaffFactory.create(property=house.property))
    return schedule


def _property_group(house: Hotel, number: int) -> PropertyGroup:
    group = PropertyGroup.objects.create(name=f"Group {number} {uuid4().hex[:6]}")
    group.properties.add(house.property)
    return group


BUILDERS: dict[type[models.Model], Build] = {
    ReportSchedule: _schedule,
    PropertyGroup: _property_group,
    inventory.Extra: _extra,
    Group: _group,
    GroupBlock: _group_block,
    Invoice: _invoice,
    Effect: _effect,
    ScheduledJob: lambda house, number: ScheduledJob.objects.create(name=f"tests.job_{number}"),
    User: lambda house, number: UserFactory.create(),
    MembershipTier: lambda house, number: MembershipTierFactory.create(),
    Membership: lambda house, number: MembershipFactory.create(),
    PropertyStaff: lambda house, number: StaffFactory.create(property=house.property).staff_roles.get(),
    inventory.Amenity: lambda house, number: houses.AmenityFactory.create(),
    inventory.Property: lambda house, number: houses.PropertyFactory.create(),
    inventory.RoomType: _of_property(houses.RoomTypeFactory),
    inventory.Space: _of_property(spaces.SpaceFactory),
    inventory.Equipment: _of_property(spaces.EquipmentFactory),
    inventory.Room: lambda house, number: houses.RoomFactory.create(room_type=_room_type(house)),
    inventory.RatePlan: lambda house, number: houses.DerivedRatePlanFactory.create(
        property=house.property, derived_from=houses.RatePlanFactory.create(property=house.property)
    ),
    inventory.RatePattern: lambda house, number: houses.RatePatternFactory.create(
        rate_plan=house.plan, room_type=_room_type(house)
    ),
    inventory.Rate: lambda house, number: houses.RateFactory.create(
        rate_plan=house.plan, room_type=_room_type(house)
    ),
    inventory.PriceChange: _price_change,
    PriceAlert: _price_alert,
    inventory.SpecialDay: _special_day,
    inventory.Restriction: _restriction,
    inventory.BookingRule: _rule,
    inventory.DepositPolicy: _of_property(houses.DepositPolicyFactory),
    inventory.CancellationPolicy: _of_property(houses.CancellationPolicyFactory),
    inventory.Tax: _of_property(houses.TaxFactory),
    inventory.RoomInventory: lambda house, number: houses.RoomInventoryFactory.create(
        room_type=_room_type(house)
    ),
    inventory.InventoryBlock: lambda house, number: houses.InventoryBlockFactory.create(
        room_type=_room_type(house), created_by=UserFactory.create()
    ),
    inventory.RoomClosure: _closure,
    inventory.ExternalCalendar: lambda house, number: _calendar(house),
    inventory.ExternalEvent: lambda house, number: houses.ExternalEventFactory.create(
        calendar=_calendar(house)
    ),
    inventory.CalendarConflict: lambda house, number: houses.CalendarConflictFactory.create(
        event=houses.ExternalEventFactory.create(calendar=_calendar(house))
    ),
    Folio: _of_property(FolioFactory),
    Payment: _payment,
    Refund: _refund,
    Dispute: _dispute,
    WebhookEvent: lambda house, number: WebhookEvent.objects.create(
        gateway="sandbox", event_id=uuid4().hex, type="payment.captured", payload={}
    ),
    Booking: _booking,
    Review: _review,
    ReviewReport: _report,
    Trip: _trip,
    Guest: _guest,
    WaitlistEntry: _waiting,
    WaitlistOffer: _waitlist_offer,
    Notification: _notification,
    DomainEvent: lambda house, number: event(house.property),
    WebhookEndpoint: lambda house, number: endpoint(house.property, owner=UserFactory.create()),
    WebhookDelivery: lambda house, number: delivery(house.property),
}
