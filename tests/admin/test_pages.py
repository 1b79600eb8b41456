"""Pages with rows of another table below them cost the same for two rows and for twelve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole, User
from bookings.models import Booking, BookingNight, Trip
from inventory.models import CancellationPolicy, Property, PropertyPhoto, RoomType, RoomTypePhoto, Space
from notifications.models import WebhookAttempt, WebhookDelivery
from payments.models import Folio, Payment
from payments.services import payment_record, refund_create
from tests.admin.rows import BUILDERS
from tests.factories import inventory as houses
from tests.factories.accounts import SuperuserFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel
from tests.factories.payments import FolioFactory
from tests.factories.spaces import SpaceFactory, SpaceHoursFactory, SpacePriceFactory
from tests.factories.webhooks import delivery
from waitlist.models import PriceAlert, PriceDrop

pytestmark = pytest.mark.django_db

Grow = Callable[[Any, int], object]


def _photo(parent: Any, number: int) -> object:
    if isinstance(parent, Property):
        return PropertyPhoto.objects.create(
            property=parent, image=f"{number}.webp", width=1, height=1, alt="A view"
        )
    return RoomTypePhoto.objects.create(
        room_type=parent, image=f"{number}.webp", width=1, height=1, alt="A bed"
    )


def _room_type_row(room_type: RoomType, number: int) -> object:
    _photo(room_type, number)
    return houses.OccupancyPriceFactory.create(room_type=room_type, guests="children", count=number + 1)


def _tier(policy: CancellationPolicy, number: int) -> object:
    return houses.CancellationTierFactory.create(policy=policy, hours_before=1000 + number)


def _user_row(user: User, number: int) -> object:
    EmailAddress.objects.create(user=user, email=f"{number}@example.com")
    return user.staff_roles.create(property=houses.PropertyFactory.create(), role=StaffRole.MANAGER)


def _space_row(space: Space, number: int) -> object:
    SpacePriceFactory.create(space=space)
    return SpaceHoursFactory.create(space=space, weekday=number % 7)


def _paid(folio: Folio) -> Payment:
    return payment_record(
        folio_id=folio.pk,
        method="cash",
        amount=100,  # type: ignore[arg-type]
        currency=folio.currency,
        idempotency_key=uuid4().hex,
        actor=SuperuserFactory.create(),
    )


def _refund(payment: Payment, number: int) -> object:
    return refund_create(
        payment_id=payment.pk,
        amount=1,  # type: ignore[arg-type]
        reason="Noise",
        idempotency_key=uuid4().hex,
        actor=SuperuserFactory.create(),
    )


def _night(booking: Booking, number: int) -> object:
    night = booking.departure + timedelta(days=number)
    return BookingNight.objects.create(booking=booking, date=night, price=100)


def _stay_of_trip(trip: Trip, number: int) -> Booking:
    house = hotel(nights=3)
    booking = held(house).booking
    Booking.objects.filter(pk=booking.pk).update(trip=trip)
    return booking


def _drop(alert: PriceAlert, number: int) -> PriceDrop:
    first = alert.drops.get(total=90)
    first.pk, first.total, first.told_at = None, 89 - number, timezone.now()  # type: ignore[assignment]
    first.save(force_insert=True)
    return first


def _attempt(row: WebhookDelivery, number: int) -> WebhookAttempt:
    return WebhookAttempt.objects.create(delivery=row, number=number + 10, started_at=timezone.now())


PARENTS: dict[type[models.Model], tuple[Callable[[Hotel], Any], Grow]] = {
    Property: (lambda house: house.property, _photo),
    RoomType: (lambda house: house.room_type, _room_type_row),
    Space: (lambda house: SpaceFactory.create(property=house.property), _space_row),
    CancellationPolicy: (lambda house: house.plan.cancellation_policy, _tier),
    User: (lambda house: UserFactory.create(), _user_row),
    Folio: (lambda house: FolioFactory.create(property=house.property), lambda folio, number: _paid(folio)),
    Payment: (lambda house: _paid(FolioFactory.create(property=house.property)), _refund),
    Booking: (lambda house: held(house).booking, _night),
    Trip: (lambda house: BUILDERS[Trip](house, 0), _stay_of_trip),
    PriceAlert: (lambda house: BUILDERS[PriceAlert](house, 0), _drop),
    WebhookDelivery: (lambda house: delivery(house.property), _attempt),
}


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_every_page_with_rows_below_is_here() -> None:
    with_inlines = {model for model, model_admin in admin.site._registry.items() if model_admin.inlines}
    assert with_inlines - PARENTS.keys() == set()


@pytest.mark.parametrize("model", PARENTS, ids=[model._meta.label for model in PARENTS])
def test_pages_cost_the_same_for_2_and_12_rows(model: type[models.Model], root: Client, house: Hotel) -> None:
    build, grow = PARENTS[model]
    parent = build(house)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[parent.pk])
    for number in range(2):
        grow(parent, number)
    root.get(url)
    few = queries_of(root, url)
    for number in range(2, 12):
        grow(parent, number)

    assert queries_of(root, url) == few
