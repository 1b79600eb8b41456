"""What programs are told of bookings and their money, in the transaction of each change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings.exceptions import TransitionNotAllowed
from bookings.models import Booking
from bookings.services import (
    booking_cancel,
    booking_expire,
    booking_guest_set,
)
from bookings.services.desk import booking_no_show
from bookings.types import GuestDetails
from core.dates import local_datetime
from inventory.exceptions import SoldOut
from inventory.services import block_create
from notifications.models import DomainEvent
from payments.models import Dispute, Payment, Refund
from payments.signals import dispute_recorded
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import GUEST, confirmed, held, pay
from tests.factories.inventory import Hotel, RestrictionFactory
from tests.factories.reviews import POINTS, lived, published

pytestmark = pytest.mark.django_db(transaction=True)


def told(*, prefix: str = "booking.") -> list[tuple[str, dict[str, Any]]]:
    """What was recorded and is new, oldest first."""
    events = list(DomainEvent.objects.filter(type__startswith=prefix).order_by("pk"))
    return [(event.type, event.data) for event in events]


def stay_of(booking: Booking, **more: Any) -> dict[str, Any]:
    """What every event about a booking of the house holds."""
    return {
        "reference": booking.reference,
        "status": "held",
        "version": 1,
        "room_type": booking.room_type_id,
        "rate_plan": booking.rate_plan_id,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "rooms": 1,
        "adults": 2,
        "children_ages": [],
        "channel": "web",
        "total": {"amount": "200.00", "currency": "EUR"},
        "fee": None,
        "hold_expires_at": booking.hold_expires_at.isoformat() if booking.hold_expires_at else None,
    } | more


def of_desk(booking: Booking, days: int, **more: Any) -> dict[str, Any]:
    """When somebody comes (``days`` from arrival) and who sees it."""
    house = booking.property
    day = booking.arrival + timedelta(days=days)
    return {
        "booking_id": booking.pk,
        "actor": SuperuserFactory.create(),
        "at": local_datetime(day, house.arrival_from, house.time_zone),
    } | more


def test_a_hold_is_told_with_what_is_held(house: Hotel, at: datetime) -> None:
    booking = held(house, at=at).booking

    assert told() == [
        (
            "booking.held",
            stay_of(
                booking,
                version=booking.version,
                is_offer=False,
                hold_expires_at=(at + timedelta(minutes=15)).isoformat(),
            ),
        )
    ]
    event = DomainEvent.objects.get(type="booking.held")
    assert (event.subject, event.property_id) == (f"booking:{booking.reference}", house.property.pk)
    assert "Lovelace" not in str(event.data), "no guest's name"


def test_a_paid_stay_is_told_of_with_its_money(house: Hotel) -> None:
    booking = confirmed(house)

    payment = Payment.objects.get()
    assert told()[-1] == (
        "booking.confirmed",
        stay_of(booking, status="confirmed", version=booking.version),
    )
    assert told(prefix="payment.") == [
        (
            "payment.captured",
            {
                "reference": booking.reference,
                "payment_id": payment.pk,
                "gateway": "sandbox",
                "method": "card",
                "purpose": "total",
                "amount": {"amount": "200.00", "currency": "EUR"},
            },
        )
    ]


def test_a_refused_payment_is_told_of(house: Hotel) -> None:
    booking = held(house).booking
    payment = pay(booking, card="decline")

    ((kind, data),) = told(prefix="payment.")
    assert kind == "payment.failed"
    assert (data["reference"], data["payment_id"]) == (booking.reference, payment.pk)
    assert (data["amount"], data["failure_code"]) == (
        {"amount": "200.00", "currency": "EUR"},
        payment.failure_code,
    )
    assert data["failure_code"]


def test_a_cancelled_stay_is_told_of_with_what_is_kept_and_refunded(house: Hotel) -> None:
    booking = booking_cancel(booking_id=confirmed(house).pk, actor=None)

    refund = Refund.objects.get()
    kind, data = told()[-1]
    assert (kind, data["status"], data["version"]) == ("booking.cancelled", "cancelled", booking.version)
    assert data["fee"] == {"amount": "0.00", "currency": "EUR"}
    kind, data = told(prefix="payment.")[-1]
    assert (kind, data["refund_id"], data["payment_id"]) == (
        "payment.refunded",
        refund.pk,
        refund.payment_id,
    )
    assert data["amount"] == {"amount": "200.00", "currency": "EUR"}


def test_a_bank_that_asks_for_money_back_is_told_of(house: Hotel, at: datetime) -> None:
    booking = confirmed(house)
    payment = Payment.objects.get()
    dispute = Dispute.objects.create(
        payment=payment,
        provider_reference="du_1",
        amount=150,
        currency="EUR",
        reason="fraudulent",
        status="needs_response",
        opened_at=at,
    )

    with transaction.atomic():
        dispute_recorded.send(sender=Dispute, dispute=dispute)

    assert told(prefix="payment.")[-1] == (
        "payment.disputed",
        {
            "reference": booking.reference,
            "payment_id": payment.pk,
            "gateway": "sandbox",
            "method": "card",
            "purpose": "total",
            "amount": {"amount": "150.00", "currency": "EUR"},
            "dispute_id": dispute.pk,
            "reason": "fraudulent",
            "status": "needs_response",
        },
    )


def test_an_expired_hold_is_told_of(house: Hotel, at: datetime) -> None:
    booking = held(house, at=at).booking
    booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=14))
    assert [kind for kind, _data in told()] == ["booking.held"]

    booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=16))

    kind, data = told()[-1]
    assert (kind, data["status"]) == ("booking.expired", "expired")


def test_another_guest_is_a_change_that_names_its_fields(house: Hotel) -> None:
    booking = confirmed(house)
    guest = GuestDetails(
        name="Grace Hopper", email=GUEST.email, phone=GUEST.phone, country="GB", language="en"
    )
    before = len(told())

    booking_guest_set(booking_id=booking.pk, guest=guest, actor=None)
    booking_guest_set(booking_id=booking.pk, guest=guest, actor=None)

    new = told()[before:]
    assert [(kind, data["changes"]) for kind, data in new] == [("booking.changed", ["guest_name"])]
    assert "Hopper" not in str(new)


def test_the_desk_tells_of_arrival_and_departure(house: Hotel) -> None:
    lived(house)

    assert [(kind, data["status"]) for kind, data in told()] == [
        ("booking.held", "held"),
        ("booking.confirmed", "confirmed"),
        ("booking.checked_in", "checked_in"),
        ("booking.checked_out", "checked_out"),
    ]
    assert [data["version"] for _kind, data in told()] == sorted({data["version"] for _k, data in told()})


def test_who_does_not_come_is_told_of_with_the_fee(deposit_house: Hotel) -> None:
    booking = confirmed(deposit_house)

    missed = booking_no_show(**of_desk(booking, 1))

    kind, data = told()[-1]
    assert (kind, data["status"]) == ("booking.no_show", "no_show")
    assert missed.cancellation_fee is not None
    assert data["fee"] == {"amount": "200.00", "currency": "EUR"}


def test_what_is_refused_or_rolled_back_is_told_to_nobody(
    house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _room in range(2):
        held(house)
    with pytest.raises(SoldOut):
        held(house)
    assert len(told()) == 2
    booking = Booking.objects.order_by("pk")[0]
    booking_cancel(booking_id=booking.pk, actor=None)
    events = DomainEvent.objects.count()

    with pytest.raises(TransitionNotAllowed):
        booking_cancel(booking_id=booking.pk, actor=None)
    other = Booking.objects.order_by("pk")[1]
    monkeypatch.setattr("bookings.services.cancelling.surplus_refund", _broken)
    with pytest.raises(RuntimeError):
        booking_cancel(booking_id=other.pk, actor=None)

    other.refresh_from_db()
    assert (other.status, DomainEvent.objects.count()) == ("held", events)


def _broken(*_arguments: Any, **_more: Any) -> None:
    raise RuntimeError("after the event was written")


def test_taking_nights_off_sale_is_one_event_with_the_nights(house: Hotel) -> None:
    stay = house.stay(nights=3)
    DomainEvent.objects.all().delete()

    block_create(
        room_type_id=house.room_type.pk,
        start=stay.arrival,
        end=stay.departure,
        rooms=1,
        reason="Paint",
        actor=SuperuserFactory.create(),
    )

    event = DomainEvent.objects.get()
    assert (event.type, event.subject) == ("inventory.changed", f"property:{house.property.pk}")
    assert event.data == {
        "changes": [
            {
                "room_type": house.room_type.pk,
                "first_night": stay.arrival.isoformat(),
                "last_night": (stay.departure - timedelta(days=1)).isoformat(),
            }
        ]
    }


def test_a_restriction_is_one_event_about_its_nights(house: Hotel) -> None:
    DomainEvent.objects.all().delete()

    restriction = RestrictionFactory.create(property=house.property)

    event = DomainEvent.objects.get()
    assert event.type == "rates.changed"
    assert event.data["changes"] == [
        {
            "room_type": restriction.room_type_id,
            "rate_plan": restriction.rate_plan_id,
            "first_night": restriction.first_date.isoformat(),
            "last_night": restriction.last_date.isoformat(),
        }
    ]


def test_restrictions_of_one_transaction_are_one_event_and_of_one_that_fails_none(house: Hotel) -> None:
    DomainEvent.objects.all().delete()

    with transaction.atomic():
        RestrictionFactory.create(property=house.property, first_date=house.first, last_date=house.first)
        next_day = house.first + timedelta(days=1)
        RestrictionFactory.create(property=house.property, first_date=next_day, last_date=next_day)
    with transaction.atomic():
        RestrictionFactory.create(property=house.property)
        transaction.set_rollback(True)

    event = DomainEvent.objects.get()
    nights = sorted(change["first_night"] for change in event.data["changes"])
    assert nights == [house.first.isoformat(), next_day.isoformat()]


def test_a_published_review_is_told_of_with_what_everybody_reads(house: Hotel) -> None:
    review = published(house, title="Calm", text="Quiet rooms and good coffee every day.")

    event = DomainEvent.objects.get(type="review.published")
    assert event.subject == f"booking:{review.booking.reference}"
    assert event.data == {
        "review": review.pk,
        "reference": review.booking.reference,
        "language": review.language,
        "title": "Calm",
        "text": "Quiet rooms and good coffee every day.",
        "author": review.author_name,
        "country": review.author_country,
        "points": POINTS,
        "published_at": review.published_at.isoformat() if review.published_at else None,
    }
