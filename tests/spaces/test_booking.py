"""A space is booked, asked for, paid, decided on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import StaffRole
from bookings.exceptions import FeeChanged, TransitionNotAllowed
from bookings.models import SpaceBooking
from bookings.services.spaces import (
    space_booking_approve,
    space_booking_cancel,
    space_booking_decline,
    space_payment_start,
    spaces_tend,
)
from bookings.space_exceptions import ReasonRequired, SpacePriceChanged, SpaceTaken, SpaceTimeInvalid
from core.exceptions import PermissionDenied
from inventory.models import Tax
from notifications.models import DomainEvent, Notification
from payments.selectors import folio_balance, folio_money
from tests.clock import clock_at
from tests.factories.accounts import StaffFactory
from tests.factories.spaces import SpacePriceFactory, booked, booked_space, space_open

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 5, 10)
NOW = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)
then = clock_at(NOW)


def staff_of(space, role=StaffRole.MANAGER):
    return StaffFactory(property=space.property, role=role)


def test_free_space_is_confirmed_at_once_and_has_no_bill():
    space = space_open(hourly_price=0)

    answer = booked_space(space, MONDAY, "09:00", 90, at=NOW)

    booking = SpaceBooking.objects.get()
    assert answer.booking == booking
    assert (booking.status, booking.folio_id, booking.total) == ("confirmed", None, Decimal(0))
    assert booking.start == datetime(2027, 5, 10, 7, 0, tzinfo=UTC)
    assert booking.end == datetime(2027, 5, 10, 8, 30, tzinfo=UTC)
    assert list(Notification.objects.values_list("type", "recipient")) == [
        ("space_confirmed", "ana@example.com")
    ]
    assert list(DomainEvent.objects.values_list("type", flat=True)) == ["space.confirmed"]


def test_price_follows_the_clock_and_the_tax_is_added():
    space = space_open()
    space.tax = Tax.objects.create(property=space.property, name="VAT", value=19, is_included=False)
    space.save()
    SpacePriceFactory(space=space)

    booking = booked(space, MONDAY, "16:00", 120, at=NOW)

    assert [(line["minutes"], line["amount"]) for line in booking.quote["lines"]] == [
        (60, "40.00"),
        (60, "60.00"),
        (None, "19.00"),
    ]
    assert (booking.total, booking.tax_added, booking.charged) == (
        Decimal("119.00"),
        Decimal("19.00"),
        Decimal("119.00"),
    )
    assert (booking.status, booking.hold_expires_at) == ("held", NOW + timedelta(minutes=15))
    assert folio_balance(folio_id=booking.folio_id) == Decimal("119.00")


def test_paying_confirms_and_cancelling_in_time_gives_everything_back():
    space = space_open()
    now = timezone.now()  # how long it is held at most counts from when the row was made
    booking = booked(space, MONDAY, "09:00", at=now)

    space_payment_start(
        booking_id=booking.pk,
        gateway="sandbox",
        idempotency_key="k" * 20,
        return_url="http://testserver/",
        card="success",
        at=now,
    )

    booking.refresh_from_db()
    assert (booking.status, booking.hold_expires_at) == ("confirmed", None)
    space_booking_cancel(booking_id=booking.pk, actor=None, expected_fee=Decimal(0), at=now)
    booking.refresh_from_db()
    money = folio_money(folio_id=booking.folio_id)
    assert (booking.status, booking.charged, booking.cancellation_fee) == ("cancelled", 0, 0)
    assert (money.balance, money.captured, money.refunded) == (0, Decimal("40.00"), Decimal("40.00"))


def test_cancelling_late_keeps_the_fee():
    space = space_open(cancellation_fee_percent=50, is_prepaid=False)
    booking = booked(space, MONDAY, "09:00", 120, at=NOW, channel="staff", actor=staff_of(space))
    late = datetime(2027, 5, 9, 7, 0, tzinfo=UTC)

    with pytest.raises(FeeChanged) as refused:
        space_booking_cancel(booking_id=booking.pk, actor=None, expected_fee=Decimal(0), at=late)
    assert refused.value.data["fee"] == {"amount": "40.00", "currency": "EUR"}
    space_booking_cancel(booking_id=booking.pk, actor=None, expected_fee=Decimal("40.00"), at=late)

    booking.refresh_from_db()
    assert (booking.cancellation_fee, booking.charged) == (Decimal("40.00"), Decimal("40.00"))
    assert folio_balance(folio_id=booking.folio_id) == Decimal("40.00")


def test_only_managers_and_finance_waive_the_fee():
    space = space_open()
    desk, manager = staff_of(space, StaffRole.FRONT_DESK), staff_of(space)
    booking = booked(space, MONDAY, "09:00", at=NOW, channel="staff", actor=manager)
    late = datetime(2027, 5, 10, 6, 0, tzinfo=UTC)

    with pytest.raises(PermissionDenied):
        space_booking_cancel(booking_id=booking.pk, actor=desk, waive_fee=True, at=late)
    space_booking_cancel(booking_id=booking.pk, actor=manager, waive_fee=True, at=late)

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee) == ("cancelled", 0)


def test_request_holds_its_time_until_the_house_says_yes():
    space = space_open(needs_approval=True, request_hold_minutes=600, is_prepaid=False)
    manager = staff_of(space)
    booking = booked(space, MONDAY, "09:00", at=NOW)
    assert (booking.status, booking.hold_expires_at) == ("requested", NOW + timedelta(hours=10))
    assert (booking.folio_id, booking.charged) == (None, 0)
    with pytest.raises(SpaceTaken):
        booked(space, MONDAY, "09:30", at=NOW)
    with pytest.raises(PermissionDenied):
        space_booking_approve(booking_id=booking.pk, actor=staff_of(space_open()), at=NOW)
    with pytest.raises(PermissionDenied):
        space_booking_approve(booking_id=booking.pk, actor=staff_of(space, StaffRole.FINANCE), at=NOW)

    space_booking_approve(booking_id=booking.pk, actor=manager, at=NOW)

    booking.refresh_from_db()
    assert (booking.status, booking.decided_by, booking.decided_at) == ("approved", manager, NOW)
    assert (booking.hold_expires_at, booking.charged) == (None, Decimal("40.00"))
    kinds = list(Notification.objects.order_by("pk").values_list("type", "recipient"))
    assert kinds[0] == ("space_requested", "ana@example.com")
    assert ("space_asked", manager.email) in kinds
    assert kinds[-1] == ("space_approved", "ana@example.com")
    assert Notification.objects.get(type="space_approved").context["due"] == "40.00"
    with pytest.raises(TransitionNotAllowed):
        space_booking_approve(booking_id=booking.pk, actor=manager, at=NOW)


def test_declining_needs_a_reason_and_frees_the_time():
    space = space_open(needs_approval=True)
    manager = staff_of(space)
    booking = booked(space, MONDAY, "09:00", at=NOW)

    with pytest.raises(ReasonRequired):
        space_booking_decline(booking_id=booking.pk, actor=manager, reason=" ", at=NOW)
    space_booking_decline(booking_id=booking.pk, actor=manager, reason="Painters", at=NOW)

    booking.refresh_from_db()
    assert (booking.status, booking.reason) == ("declined", "Painters")
    told = {row.type: row.context for row in Notification.objects.all()}
    assert told["space_declined"]["reason"] == "Painters"
    for kind in ("space_requested", "space_asked", "space_declined"):
        assert (told[kind]["total"], told[kind]["due"]) == ("40.00", "0.00"), "nothing is due before a yes"
    assert booked(space, MONDAY, "09:00", at=NOW).status == "requested"


def test_approved_time_waits_48_hours_for_its_money_and_then_ends():
    space = space_open(needs_approval=True)
    booking = booked(space, MONDAY, "09:00", at=NOW)
    space_booking_approve(booking_id=booking.pk, actor=staff_of(space), at=NOW)
    booking.refresh_from_db()
    assert booking.hold_expires_at == NOW + timedelta(hours=48)

    assert spaces_tend(at=NOW + timedelta(hours=47, minutes=59)).expired == 0
    assert spaces_tend(at=NOW + timedelta(hours=48)).expired == 1

    booking.refresh_from_db()
    assert (booking.status, booking.charged) == ("expired", 0)
    assert folio_balance(folio_id=booking.folio_id) == 0


def test_request_that_nobody_answers_ends_by_itself_and_whoever_comes_first_does_not_wait_for_the_clock():
    space = space_open(needs_approval=True, request_hold_minutes=60)
    first = booked(space, MONDAY, "09:00", at=NOW)
    later = NOW + timedelta(minutes=60)

    second = booked(space, MONDAY, "09:00", at=later)

    first.refresh_from_db()
    assert (first.status, second.status) == ("expired", "requested")
    assert Notification.objects.filter(type="space_expired").count() == 1
    assert spaces_tend(at=later).expired == 0


@pytest.mark.parametrize(
    ("begins", "minutes", "code"),
    [
        ("09:00", 30, "space_too_short"),
        ("09:00", 510, "space_too_long"),
        ("07:00", 120, "space_closed"),
        ("19:30", 60, "space_closed"),
        ("09:10", 60, "space_step"),
        ("09:00", 70, "space_step"),
    ],
)
def test_times_that_cannot_be(begins, minutes, code):
    space = space_open()
    with pytest.raises(SpaceTimeInvalid) as refused:
        booked(space, MONDAY, begins, minutes, at=NOW)
    assert refused.value.code == code
    assert not SpaceBooking.objects.exists()


def test_wishes_that_cannot_be():
    space = space_open(capacity=4, max_days_ahead=30)
    for fields, day, code in (
        ({"persons": 5}, MONDAY, "space_too_small"),
        ({"equipment": ("organ",)}, MONDAY, "space_equipment_missing"),
        ({}, date(2027, 6, 3), "space_too_far_ahead"),
        ({}, date(2027, 5, 1), "space_past"),
    ):
        with pytest.raises(SpaceTimeInvalid) as refused:
            booked(space, day, "09:00", at=NOW, **fields)
        assert refused.value.code == code
    with pytest.raises(SpacePriceChanged) as changed:
        booked(space, MONDAY, "09:00", at=NOW, expected_total=Decimal(39))
    assert changed.value.data == {"total": {"amount": "40.00", "currency": "EUR"}}
    assert not SpaceBooking.objects.exists()


def test_buffers_count_and_the_database_refuses_what_slips_by():
    space = space_open(hourly_price=0, buffer_before_minutes=15, buffer_after_minutes=15)
    booking = booked(space, MONDAY, "10:00", at=NOW)
    with pytest.raises(SpaceTaken) as refused:
        booked(space, MONDAY, "11:00", at=NOW)
    assert refused.value.data["taken"] == [
        {"start": "2027-05-10T07:45:00+00:00", "end": "2027-05-10T09:15:00+00:00"}
    ]
    other = booked(space, MONDAY, "11:30", at=NOW)

    with pytest.raises(IntegrityError, match="space_booking_no_overlap"), transaction.atomic():
        SpaceBooking.objects.filter(pk=other.pk).update(
            occupied_from=booking.occupied_until - timedelta(minutes=1)
        )
    with (
        pytest.raises(IntegrityError, match="space_booking_no_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE bookings_spacebooking SET occupied_until = occupied_until + interval '16 minutes' WHERE id = %s",
            [booking.pk],
        )
    SpaceBooking.objects.filter(pk=other.pk).update(occupied_from=booking.occupied_until)
