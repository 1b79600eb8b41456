"""One of everything in guest A's hotel, made when an address first needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from bookings.models import Booking, GuestMerge, Review, SpaceBooking, Trip
from bookings.services import booking_cancel
from bookings.services.guest_profiles import guests_merge
from bookings.services.trips import trip_create
from bookings.types import GuestDetails
from inventory.models import Property, RatePlan, RoomType, Space
from inventory.rate_wishes import RateWish
from inventory.services.rate_edits import rate_edit_draft
from notifications.models import Notification
from payments.models import Folio, Invoice, Payment
from payments.services import invoice_issue, payment_record
from payments.types import InvoiceRecipient
from reports.models import Export
from reports.services.exporting import export_request
from tests.admin.rows import BUILDERS
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel
from tests.factories.notifications import notification
from tests.factories.reviews import published
from tests.factories.spaces import booked, space_open
from tests.factories.waitlist import waiting
from waitlist.models import PriceAlert, WaitlistEntry, WaitlistOffer
from waitlist.services import offer_make, stays_for_entry

from .people import NAME, People, people


class World:
    """The house, its people, and what guest A has there."""

    def __init__(self) -> None:
        self.house: Hotel = hotel(nights=20, rooms=9, gateways=["sandbox", "at_property"])
        self.people: People = people(self.house.property)
        self.root = SuperuserFactory.create()
        self.rows: dict[type[models.Model], Any] = {}

    @property
    def guest(self) -> User:
        """Guest A."""
        return self.people.guest_a

    @property
    def details(self) -> GuestDetails:
        """What guest A books with."""
        return GuestDetails(name=NAME, email=self.guest.email, phone="+493012345678", country="GB")

    @property
    def names(self) -> tuple[bytes, ...]:
        """What tells of guest A wherever it stands."""
        return NAME.encode(), NAME.split()[1].lower().encode(), self.booking.reference.encode()

    def row(self, model: type[models.Model]) -> Any:
        """One row of a model of the administration: guest A's, or of the house."""
        if model not in self.rows:
            self.rows[model] = OWN[model](self) if model in OWN else BUILDERS[model](self.house, 0)
        return self.rows[model]

    def row_named(self, label: str) -> Any:
        """The same by ``app_model``, as addresses of the administration call it."""
        model = next(
            model for model in BUILDERS if f"{model._meta.app_label}_{model._meta.model_name}" == label
        )
        return self.row(model)

    def other_type(self) -> Hotel:
        """Another room type of the house, with one room."""
        return hotel(in_property=self.house.property, nights=2, rooms=1, first=self.house.first)

    @cached_property
    def booking(self) -> Booking:
        """Guest A's stay, paid in part."""
        booking = held(self.house, user=self.guest, guest=self.details).booking
        payment_record(
            folio_id=booking.folio_id,
            method="cash",
            amount=10,  # type: ignore[arg-type]
            currency=booking.currency,
            idempotency_key=uuid4().hex,
            actor=self.root,
        )
        return booking

    @cached_property
    def trip(self) -> Trip:
        """Guest A's trip, with a stay of its own."""
        booking = held(self.other_type(), user=self.guest, guest=self.details).booking
        return trip_create(user=self.guest, booking_ids=[booking.pk])

    @cached_property
    def review(self) -> Review:
        """What guest A wrote about a stay that was."""
        return published(self.other_type(), user=self.guest)

    @cached_property
    def invoice(self) -> Invoice:
        """An invoice over guest A's stay."""
        recipient = InvoiceRecipient(name=NAME)
        return invoice_issue(
            folio_id=self.booking.folio_id, recipient=recipient, actor=self.root, key="matrix"
        )

    @cached_property
    def space_booking(self) -> SpaceBooking:
        """A space that guest A has booked for tomorrow."""
        space, now = self.row(Space), timezone.now()
        fields = {"guest": self.details, "user": self.guest, "actor": self.guest}
        return booked(space, now.date() + timedelta(days=1), "10:00", at=now, **fields)

    @cached_property
    def entry(self) -> WaitlistEntry:
        """Guest A waits for a room type that is sold out."""
        house = self.other_type()
        held(house)
        return waiting(house, user=self.guest, email=self.guest.email)

    @cached_property
    def offer(self) -> WaitlistOffer:
        """A room that guest A has waited for."""
        house = self.other_type()
        booking = held(house).booking
        entry = waiting(house, user=self.guest, email=self.guest.email)
        booking_cancel(booking_id=booking.pk, actor=None)
        return offer_make(entry_id=entry.pk, fit=stays_for_entry(entry=entry)[0])

    @cached_property
    def alert(self) -> PriceAlert:
        """A price that guest A waits for."""
        alert: PriceAlert = BUILDERS[PriceAlert](self.house, 0)
        alert.user, alert.guest_email = self.guest, self.guest.email
        alert.save()
        return alert

    @cached_property
    def message(self) -> Notification:
        """A mail to guest A about the stay."""
        return notification(property_id=self.house.property.pk, user=self.guest)

    @cached_property
    def token(self) -> AuthToken:
        """A token of a program of guest A's."""
        return AuthToken.objects.create(user=self.guest)[0]

    @cached_property
    def rate_edit(self) -> Any:
        """A change of prices that waits to be applied."""
        wish = RateWish(
            kind="set",
            room_type_ids=(self.house.room_type.pk,),
            rate_plan_ids=(self.house.plan.pk,),
            first=self.house.first,
            last=self.house.first,
            value=Decimal(77),
        )
        return rate_edit_draft(property_id=self.house.property.pk, wish=wish, actor=self.people.manager)

    @cached_property
    def export(self) -> Export:
        """A list that the manager of the house has asked for."""
        return export_request(kind="bookings", query="", file_format="csv", actor=self.people.manager)

    @cached_property
    def merge(self) -> GuestMerge:
        """Two profiles that were made one."""
        build = next(build for model, build in BUILDERS.items() if model._meta.label == "bookings.Guest")
        kept, merged = (build(self.house, number) for number in (8, 9))
        return guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=self.root)


OWN: dict[type[models.Model], Callable[[World], Any]] = {
    User: lambda world: world.guest,
    Property: lambda world: world.house.property,
    RoomType: lambda world: world.house.room_type,
    RatePlan: lambda world: world.house.plan,
    Space: lambda world: space_open(property=world.house.property, is_prepaid=False),
    Booking: lambda world: world.booking,
    Folio: lambda world: world.booking.folio,
    Payment: lambda world: world.booking.folio.payments.get(),
    Invoice: lambda world: world.invoice,
    Trip: lambda world: world.trip,
    Review: lambda world: world.review,
    Notification: lambda world: world.message,
    WaitlistEntry: lambda world: world.entry,
    WaitlistOffer: lambda world: world.offer,
    PriceAlert: lambda world: world.alert,
}
"""Rows that have to be guest A's, or the house's own, to mean something."""
