"""Check-in, no-shows, reminders, the bill of a stay, and calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone
from icalendar import Calendar

from accounts.models import StaffRole
from bookings.exceptions import TransitionNotAllowed
from bookings.models import SpaceBooking
from bookings.services import booking_cancel
from bookings.services.space_feeds import space_booking_ical, space_feed_answer
from bookings.services.spaces import (
    space_booking_cancel,
    space_booking_check_in,
    space_booking_check_in_undo,
    space_booking_complete,
    space_booking_finish,
    space_booking_no_show,
    spaces_tend,
)
from bookings.space_exceptions import CheckInNotYet, SpaceTaken, StayNotFitting
from core.exceptions import NotFound, PermissionDenied
from inventory.channels.tokens import space_feed_url
from inventory.selectors.spaces import UnknownSpace
from inventory.services.space_feeds import space_feed_get, space_feed_rotate
from notifications.models import Notification
from payments.selectors import folio_charges, folio_money
from payments.services import payment_record
from tests.clock import clock_at
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import hotel
from tests.factories.spaces import booked, space_open

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 5, 10)
NOW = datetime(2027, 5, 3, 10, 0, tzinfo=UTC)
then = clock_at(NOW)
NINE = datetime(2027, 5, 10, 7, 0, tzinfo=UTC)


@pytest.fixture
def space():
    return space_open(needs_check_in=True, no_show_minutes=20, cancellation_fee_percent=50)


@pytest.fixture
def manager(space):
    return StaffFactory(property=space.property)


def at_desk(space, manager, begins="09:00", minutes=120, **fields):
    return booked(space, MONDAY, begins, minutes, at=NOW, channel="staff", actor=manager, **fields)


def test_who_does_not_check_in_loses_the_space(space, manager):
    booking = at_desk(space, manager)

    assert spaces_tend(at=NINE + timedelta(minutes=19)).no_shows == 0
    assert spaces_tend(at=NINE + timedelta(minutes=20)).no_shows == 1

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee, booking.charged) == (
        "no_show",
        Decimal(40),
        Decimal(40),
    )
    assert folio_charges(folio_id=booking.folio_id) == Decimal("40.00")
    assert Notification.objects.filter(type="space_no_show").count() == 1
    assert booked(space, MONDAY, "09:30", at=NINE + timedelta(minutes=21)).status == "held"
    with pytest.raises(SpaceTaken):
        space_booking_check_in(
            booking_id=booking.pk, actor=manager, is_staff=True, at=NINE + timedelta(minutes=25)
        )


def test_who_comes_after_all_pays_the_whole(space, manager):
    booking = at_desk(space, manager)
    spaces_tend(at=NINE + timedelta(minutes=30))

    with pytest.raises(TransitionNotAllowed):
        space_booking_check_in(booking_id=booking.pk, actor=None, at=NINE + timedelta(minutes=31))
    space_booking_check_in(
        booking_id=booking.pk, actor=manager, is_staff=True, at=NINE + timedelta(minutes=31)
    )

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee, booking.charged) == ("checked_in", None, Decimal(80))


def test_check_in_has_its_time_and_can_be_undone(space, manager):
    booking = at_desk(space, manager)
    with pytest.raises(CheckInNotYet) as early:
        space_booking_check_in(booking_id=booking.pk, actor=None, at=NINE - timedelta(minutes=16))
    assert early.value.data["from"] == "2027-05-10T06:45:00+00:00"
    space_booking_check_in(booking_id=booking.pk, actor=None, at=NINE - timedelta(minutes=15))
    with pytest.raises(PermissionDenied):
        space_booking_check_in_undo(
            booking_id=booking.pk, actor=StaffFactory(property=space.property, role=StaffRole.FINANCE)
        )
    assert space_booking_check_in_undo(booking_id=booking.pk, actor=manager).status == "confirmed"


def test_who_leaves_early_frees_the_rest_and_what_is_over_is_completed(space, manager):
    booking = at_desk(space, manager)
    space_booking_check_in(booking_id=booking.pk, actor=None, at=NINE)
    space_booking_finish(booking_id=booking.pk, actor=manager, at=NINE + timedelta(minutes=60))
    later = booked(space, MONDAY, "10:00", at=NINE + timedelta(minutes=60), channel="staff", actor=manager)
    space_booking_check_in(booking_id=later.pk, actor=None, at=NINE + timedelta(minutes=60))

    assert spaces_tend(at=NINE + timedelta(minutes=119)).completed == 0
    assert spaces_tend(at=NINE + timedelta(minutes=120)).completed == 1

    assert set(SpaceBooking.objects.values_list("status", flat=True)) == {"completed"}


def test_nobody_is_a_no_show_where_nobody_checks_in():
    space = space_open(hourly_price=0)
    booking = booked(space, MONDAY, "09:00", at=NOW)
    with pytest.raises(CheckInNotYet):
        space_booking_no_show(booking_id=booking.pk, actor=None, at=NINE + timedelta(minutes=30))
    tended = spaces_tend(at=NINE + timedelta(minutes=60))
    assert (tended.no_shows, tended.completed) == (0, 1)


def test_what_was_paid_beyond_the_price_goes_back_when_it_is_over():
    space = space_open(is_prepaid=False)
    manager = StaffFactory(property=space.property)
    booking = booked(space, MONDAY, "09:00", 120, at=NOW, channel="staff", actor=manager)
    payment_record(
        folio_id=booking.folio_id,
        method="cash",
        amount=booking.total + 20,
        currency=booking.currency,
        idempotency_key="paid-too-much-0001",
        actor=manager,
        at=booking.start,
    )

    space_booking_complete(booking_id=booking.pk, at=booking.end)

    money = folio_money(folio_id=booking.folio_id)
    assert (money.refunded, money.refunds_open, money.balance) == (20, 0, 0)


def test_one_reminder_a_day_before(space, manager):
    at_desk(space, manager)

    assert spaces_tend(at=NINE - timedelta(hours=24, minutes=1)).reminded == 0
    assert spaces_tend(at=NINE - timedelta(hours=24)).reminded == 1
    assert spaces_tend(at=NINE - timedelta(hours=23)).reminded == 0
    assert Notification.objects.filter(type="space_reminder").count() == 1


def test_the_command_says_what_it_did(capsys):
    call_command("spaces_tend")
    assert "expired 0, no shows 0, completed 0, reminded 0" in capsys.readouterr().out


def test_on_the_bill_of_a_stay_and_off_again():
    house = hotel()
    space = space_open(property=house.property, cancellation_fee_percent=50)
    stay, now = confirmed(house), timezone.now()
    before = folio_charges(folio_id=stay.folio_id)
    booking = booked(space, stay.arrival, "14:00", 120, at=now, stay_id=stay.pk)
    assert (booking.status, booking.folio_id) == ("confirmed", stay.folio_id)
    assert folio_charges(folio_id=stay.folio_id) == before + 80
    with pytest.raises(StayNotFitting):
        booked(space, stay.departure + timedelta(days=1), "09:00", at=now, stay_id=stay.pk)

    space_booking_cancel(booking_id=booking.pk, actor=None, at=booking.start - timedelta(hours=1))

    assert folio_charges(folio_id=stay.folio_id) == before + 40


def test_a_stay_that_is_cancelled_takes_its_spaces_along():
    house = hotel()
    stay, now = confirmed(house), timezone.now()
    booking = booked(space_open(property=house.property), stay.arrival, "14:00", at=now, stay_id=stay.pk)

    booking_cancel(booking_id=stay.pk, actor=None, at=now)

    booking.refresh_from_db()
    stay.refresh_from_db()
    assert (booking.status, booking.charged) == ("cancelled", 0)
    assert folio_charges(folio_id=stay.folio_id) == stay.cancellation_fee


def test_the_feed_says_when_and_not_who(space, manager, django_assert_num_queries):
    booking = at_desk(space, manager)
    cancelled = at_desk(space, manager, "14:00")
    space_booking_cancel(booking_id=cancelled.pk, actor=manager, at=NOW)
    feed = space_feed_get(space_id=space.pk)
    token = space_feed_url(feed).rsplit("/", 1)[1].removesuffix(".ics")

    with django_assert_num_queries(2):
        answer = space_feed_answer(token=token, at=NOW)

    events = Calendar.from_ical(answer.body).walk("VEVENT")
    assert [(str(e["summary"]), e.decoded("dtstart"), e.decoded("dtend")) for e in events] == [
        ("Taken", NINE, NINE + timedelta(hours=2))
    ]
    assert b"Ana" not in answer.body
    assert booking.reference.encode() not in answer.body
    assert space_feed_answer(token=token, at=NOW) == answer
    space_feed_rotate(space_id=space.pk, actor=manager)
    with pytest.raises(NotFound):
        space_feed_answer(token=token, at=NOW)


def test_only_managers_give_the_feed_another_address(space):
    feed = space_feed_get(space_id=space.pk)
    elsewhere = StaffFactory(property=hotel().property, role=StaffRole.MANAGER)
    for actor in (StaffFactory(property=space.property, role=StaffRole.FRONT_DESK), elsewhere):
        with pytest.raises(PermissionDenied):
            space_feed_rotate(space_id=space.pk, actor=actor)
    with pytest.raises(UnknownSpace):
        space_feed_rotate(space_id=0, actor=elsewhere)

    assert space_feed_get(space_id=space.pk).token_hash == feed.token_hash


def test_one_booking_as_a_calendar_file(space, manager):
    booking = at_desk(space, manager, purpose="Board meeting")
    event = Calendar.from_ical(space_booking_ical(booking)).walk("VEVENT")[0]
    assert (event.decoded("dtstart"), str(event["status"])) == (NINE, "CONFIRMED")
    assert "Board meeting" in str(event["description"])
