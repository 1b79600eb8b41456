"""No-shows, mails around stays and the morning's overview: by each property's own clock, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import StaffRole
from bookings.models import Booking, BookingNotice, StaffDigest
from bookings.selectors import inventory_differences
from bookings.services import booking_check_in
from bookings.services.scheduled import (
    no_shows_mark,
    pre_arrival_mails_send,
    staff_digests_send,
    thank_you_mails_send,
)
from core.dates import local_datetime
from notifications.models import Notification
from payments.selectors import folio_charges
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


def on_day(house: Hotel, offset: int, clock: str) -> datetime:
    """An instant on the property's clock, days after the house's first night."""
    day = house.first + timedelta(days=offset)
    return local_datetime(day, time.fromisoformat(clock), house.property.time_zone)


def messages(kind: str) -> int:
    return Notification.objects.filter(type=kind, channel="email").count()


@pytest.mark.parametrize("time_zone", ["Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles"])
def test_who_has_not_come_by_noon_of_the_next_day_is_a_no_show(time_zone: str) -> None:
    house = hotel(rooms=2, nights=8, time_zone=time_zone)
    booking = confirmed(house, stay=house.stay(0, 3))

    assert no_shows_mark(at=on_day(house, 1, "11:59")) == 0
    assert no_shows_mark(at=on_day(house, 1, "12:00")) == 1
    assert no_shows_mark(at=on_day(house, 1, "12:01")) == 0

    booking.refresh_from_db()
    assert (booking.status, booking.cancellation_fee) == ("no_show", booking.total)
    assert (folio_charges(folio_id=booking.folio_id), messages("booking_no_show")) == (booking.total, 1)
    assert house.inventory(1).sold == 0
    assert inventory_differences() == []


def test_the_fee_is_the_one_that_was_sold() -> None:
    house = hotel(rooms=1, nights=8)
    house.plan.cancellation_policy.no_show_percent = Decimal(30)
    house.plan.cancellation_policy.save()
    booking = confirmed(house, stay=house.stay(0, 2))
    house.plan.cancellation_policy.no_show_percent = Decimal(90)
    house.plan.cancellation_policy.save()

    no_shows_mark(at=on_day(house, 1, "12:00"))

    booking.refresh_from_db()
    assert (booking.total, booking.cancellation_fee) == (Decimal("200.000"), Decimal("60.000"))


def test_a_night_of_the_clock_change_does_not_shift_noon() -> None:
    house = hotel(rooms=1, nights=3, first=date(2027, 3, 27), time_zone="Europe/Berlin")
    confirmed(house, stay=house.stay(0, 2))

    assert no_shows_mark(at=datetime(2027, 3, 28, 9, 59, tzinfo=UTC)) == 0
    assert no_shows_mark(at=datetime(2027, 3, 28, 10, 0, tzinfo=UTC)) == 1


def test_who_is_here_and_what_is_long_past_is_left_alone(house: Hotel) -> None:
    here = confirmed(house, stay=house.stay(0, 3))
    booking_check_in(
        booking_id=here.pk, actor=StaffFactory.create(property=house.property), at=on_day(house, 0, "16:00")
    )
    confirmed(house, stay=house.stay(0, 1))

    assert no_shows_mark(at=on_day(house, 12, "12:00")) == 0
    house.property.no_show_time = None
    house.property.save()
    assert no_shows_mark(at=on_day(house, 2, "12:00")) == 0
    assert set(Booking.objects.values_list("status", flat=True)) == {"checked_in", "confirmed"}


@pytest.mark.parametrize("time_zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_mail_before_the_arrival_comes_once_on_its_morning(time_zone: str) -> None:
    house = hotel(rooms=2, nights=8, time_zone=time_zone, directions="Bus 12.")
    booking = confirmed(house, stay=house.stay(0, 2))

    assert pre_arrival_mails_send(at=on_day(house, -3, "08:59")) == 0
    assert pre_arrival_mails_send(at=on_day(house, -3, "09:00")) == 1
    assert pre_arrival_mails_send(at=on_day(house, -2, "09:00")) == 0

    context = Notification.objects.get(type="pre_arrival", channel="email").context
    assert (context["directions"], context["due"]) == ("Bus 12.", "0.00")
    assert f"/booking/{booking.reference}/arrival/" in context["check_in_url"]
    assert BookingNotice.objects.get().kind == "pre_arrival"


def test_who_books_late_gets_it_at_once_and_who_is_late_for_it_never(house: Hotel) -> None:
    confirmed(house, stay=house.stay(0, 2))

    assert pre_arrival_mails_send(at=on_day(house, 0, "23:30")) == 1
    confirmed(house, stay=house.stay(0, 2))
    assert pre_arrival_mails_send(at=on_day(house, 1, "00:30")) == 0


def test_a_house_may_write_nothing_before(house: Hotel) -> None:
    house.property.pre_arrival_days = None
    house.property.save()
    confirmed(house, stay=house.stay(0, 2))

    assert pre_arrival_mails_send(at=on_day(house, 0, "12:00")) == 0


def test_thanks_come_the_day_after_once_to_who_stayed(house: Hotel) -> None:
    stayed = confirmed(house, stay=house.stay(0, 2))
    confirmed(house, stay=house.stay(0, 2))
    Booking.objects.filter(pk=stayed.pk).update(status="checked_in")
    Booking.objects.filter(pk=stayed.pk).update(status="checked_out")

    assert thank_you_mails_send(at=on_day(house, 3, "09:59")) == 0
    assert thank_you_mails_send(at=on_day(house, 3, "10:00")) == 1
    assert thank_you_mails_send(at=on_day(house, 3, "10:15")) == 0

    assert (
        f"/booking/{stayed.reference}/review/"
        in Notification.objects.get(type="thank_you", channel="email").context["review_url"]
    )


def test_nobody_is_thanked_a_fortnight_later(house: Hotel) -> None:
    stayed = confirmed(house, stay=house.stay(0, 2))
    Booking.objects.filter(pk=stayed.pk).update(status="checked_in")
    Booking.objects.filter(pk=stayed.pk).update(status="checked_out")

    assert thank_you_mails_send(at=on_day(house, 16, "12:00")) == 0


def test_staff_read_their_day_each_morning_in_their_language() -> None:
    house = hotel(rooms=2, nights=8, deposit="percent", deposit_value=30)
    anna = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)
    anna.language = "de"
    anna.save()
    ben = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    StaffFactory.create(property=hotel(rooms=1, nights=1, digest_time=None).property)
    booking = confirmed(house, purpose="deposit", stay=house.stay(0, 2))
    Booking.objects.filter(pk=booking.pk).update(special_requests="A cot, please")

    assert staff_digests_send(at=on_day(house, 0, "06:59")) == 0
    assert staff_digests_send(at=on_day(house, 0, "07:00")) == 1
    assert staff_digests_send(at=on_day(house, 0, "07:15")) == 0
    assert staff_digests_send(at=on_day(house, 1, "13:01")) == 0, "too late for an overview of the morning"

    told = Notification.objects.filter(type="staff_digest", channel="email")
    assert set(told.values_list("user_id", "language")) == {(anna.pk, "de"), (ben.pk, "en")}
    sections = {entry["title"]: entry["lines"] for entry in told.get(user=ben).context["sections"]}
    assert list(sections) == ["Arrivals today", "Requests of today's guests", "Left to pay"]
    assert sections["Requests of today's guests"][0]["text"].endswith(": A cot, please")
    assert sections["Left to pay"][0]["text"].endswith("€140.00")
    assert sections["Arrivals today"][0]["url"].endswith(f"/admin/bookings/booking/{booking.pk}/change/")
    assert StaffDigest.objects.get().date == house.first


def test_the_overview_costs_the_same_for_1_and_for_20_arrivals(
    house: Hotel, django_assert_num_queries: Any
) -> None:
    from bookings.digest import DigestDay, digest_sections

    big = hotel(rooms=25, nights=4)
    day = DigestDay(house=big.property, today=big.first, at=on_day(big, 0, "07:00"))
    confirmed(big, stay=big.stay(0, 1))
    with django_assert_num_queries(12):
        digest_sections(day)
    for _number in range(19):
        confirmed(big, stay=big.stay(0, 1))
    with django_assert_num_queries(12):
        sections = digest_sections(day)
    assert [len(section["lines"]) for section in sections] == [20]
