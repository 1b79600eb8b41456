"""Holds that nobody pays for."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from bookings import tasks
from bookings.exceptions import BookingNotFound
from bookings.models import Booking
from bookings.services import booking_expire, expiring, holds_expire
from core.exceptions import Unavailable
from payments.models import FolioEntry
from payments.selectors import folio_balance
from tests.factories.bookings import confirmed, held

pytestmark = pytest.mark.django_db


def test_a_hold_expires_at_its_second_and_not_before(house, at):
    booking = held(house, at=at).booking

    assert booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=14, seconds=59)).status == "held"
    assert booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=15)).status == "expired"
    assert booking_expire(booking_id=booking.pk, at=at + timedelta(minutes=15)).status == "expired"

    assert folio_balance(folio_id=booking.folio_id) == 0
    assert FolioEntry.objects.filter(folio=booking.folio, kind="reversal").count() == 1
    assert house.inventory().held == 0


def test_what_is_confirmed_does_not_expire(house, at):
    booking = confirmed(house, at=at)

    assert booking_expire(booking_id=booking.pk, at=at + timedelta(days=1)).status == "confirmed"
    assert house.inventory().sold == 1


def test_an_unknown_booking_is_not_found():
    with pytest.raises(BookingNotFound):
        booking_expire(booking_id=0)


def test_holds_expire_the_longest_over_first_up_to_the_limit(house, at):
    first = held(house, stay=house.stay(0, 1), at=at - timedelta(hours=2)).booking
    second = held(house, stay=house.stay(1, 1), at=at - timedelta(hours=1)).booking
    fresh = held(house, stay=house.stay(2, 1), at=at).booking

    assert holds_expire(at=at, limit=1) == 1
    assert dict(Booking.objects.values_list("pk", "status")) == {
        first.pk: "expired",
        second.pk: "held",
        fresh.pk: "held",
    }
    assert holds_expire(at=at) == 1
    assert holds_expire(at=at) == 0


def test_one_that_is_busy_does_not_stop_the_others(house, at, monkeypatch):
    busy = held(house, at=at - timedelta(hours=2)).booking
    other = held(house, at=at - timedelta(hours=1)).booking

    def expire(*, booking_id, at):
        if booking_id == busy.pk:
            raise Unavailable(code="busy")
        return booking_expire(booking_id=booking_id, at=at)

    monkeypatch.setattr(expiring, "booking_expire", expire)

    assert holds_expire(at=at) == 1
    other.refresh_from_db()
    assert other.status == "expired"


def test_the_command_says_how_many(house, at):
    held(house, at=at - timedelta(hours=1))
    out = StringIO()

    call_command("holds_expire", "--dry-run", stdout=out)
    call_command("holds_expire", stdout=out)

    assert out.getvalue().splitlines() == ["1 holds would expire.", "1 holds have expired."]


def test_the_task_does_the_same(house, at):
    held(house, at=at - timedelta(hours=1))

    assert tasks.holds_expire() == 1
