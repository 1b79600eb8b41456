"""Series over daylight-saving changes, their conflicts, and changing or cancelling parts of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from bookings.models import SpaceBooking, SpaceSeries
from bookings.selectors.spaces import series_preview
from bookings.services.spaces import (
    space_booking_approve,
    space_booking_cancel,
    space_booking_change,
    space_payment_start,
    space_series_book,
)
from bookings.space_exceptions import ChangeTooLate, SeriesConflicts, SpaceTaken
from bookings.space_types import SeriesWish, SpaceChange
from core.dates import property_now
from payments.selectors import folio_balance, folio_money
from tests.clock import clock_at
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import PropertyFactory
from tests.factories.spaces import GUEST, SpacePriceFactory, booked, slot, space_open

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 2, 1, 10, 0, tzinfo=UTC)
then = clock_at(NOW)


def wish(space, rule, first, begins="09:00", minutes=60):
    return SeriesWish(space.pk, rule, first, time.fromisoformat(begins), minutes)


def series(space, rule, first, begins="09:00", at=NOW, **fields):
    return space_series_book(
        wish=wish(space, rule, first, begins),
        guest=GUEST,
        user=None,
        actor=fields.pop("actor", None),
        channel=fields.pop("channel", "web"),
        expected_total=fields.pop("expected_total", None),
        at=at,
        **fields,
    )


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", date(2027, 3, 22), [8, 7]),
        ("Europe/Berlin", date(2027, 10, 25), [7, 8]),
        ("America/New_York", date(2027, 3, 8), [14, 13]),
        ("America/New_York", date(2027, 11, 1), [13, 14]),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(zone, first, hours):
    space = space_open(property=PropertyFactory(time_zone=zone), hourly_price=0)

    answer = series(space, "FREQ=WEEKLY;COUNT=2", first)

    assert [one.start.hour for one in answer.bookings] == hours
    assert [property_now(zone, one.start).strftime("%H:%M") for one in answer.bookings] == ["09:00", "09:00"]
    assert [(one.end - one.start) for one in answer.bookings] == [timedelta(hours=1)] * 2


def test_the_hour_that_the_clock_skips_is_a_conflict_and_the_double_one_is_the_first():
    space = space_open(opens=time(0), closes=time(0), hourly_price=0)

    spring = series_preview(space, wish(space, "FREQ=DAILY;COUNT=3", date(2027, 3, 27), "02:30"), at=NOW)
    autumn = series_preview(space, wish(space, "FREQ=DAILY;COUNT=3", date(2027, 10, 30), "02:30"), at=NOW)

    assert [one.problem.code if one.problem else None for one in spring.occurrences] == [
        None,
        "time_skipped",
        None,
    ]
    assert [one.period.start for one in autumn.occurrences] == [
        datetime(2027, 10, 30, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 11, 1, 1, 30, tzinfo=UTC),
    ]


def test_preview_shows_every_conflict_with_one_query(django_assert_num_queries):
    space = space_open()
    booked(
        space, date(2027, 3, 8), "09:30", at=NOW, channel="staff", actor=StaffFactory(property=space.property)
    )
    list(space.hours.all()), list(space.closures.all())
    from inventory.selectors.spaces import space_get

    whole = space_get(space_id=space.pk)
    for count in (2, 20):
        with django_assert_num_queries(1):
            preview = series_preview(
                whole, wish(space, f"FREQ=WEEKLY;COUNT={count}", date(2027, 3, 1)), at=NOW
            )
        assert len(preview.occurrences) == count
        assert [one.day for one in preview.conflicts] == [date(2027, 3, 8)]
        assert preview.total == Decimal(40) * (count - 1)


def test_conflicts_refuse_the_whole_or_are_left_out():
    space = space_open(hourly_price=0)
    booked(space, date(2027, 3, 8), "09:30", at=NOW)

    with pytest.raises(SeriesConflicts) as refused:
        series(space, "FREQ=WEEKLY;COUNT=3", date(2027, 3, 1))
    assert [one["day"] for one in refused.value.data["conflicts"]] == ["2027-03-08"]
    assert not SpaceSeries.objects.exists()

    answer = series(space, "FREQ=WEEKLY;COUNT=3", date(2027, 3, 1), skip_conflicts=True)
    assert [one.start.date() for one in answer.bookings] == [date(2027, 3, 1), date(2027, 3, 15)]
    assert answer.series.skipped_days == [date(2027, 3, 8)]


def test_a_series_is_paid_once_and_one_time_of_it_is_given_back():
    space = space_open()
    from django.utils import timezone

    now = timezone.now()
    answer = series(space, "FREQ=WEEKLY;COUNT=3", date(2027, 3, 1), at=now, expected_total=Decimal("120.00"))
    first, second, _third = answer.bookings
    assert {one.folio_id for one in answer.bookings} == {answer.series.folio_id}
    space_payment_start(
        booking_id=first.pk,
        gateway="sandbox",
        idempotency_key="k" * 20,
        return_url="http://x/",
        card="success",
        at=now,
    )
    assert set(SpaceBooking.objects.values_list("status", flat=True)) == {"confirmed"}

    space_booking_cancel(booking_id=second.pk, actor=None, expected_fee=Decimal(0), at=now)

    money = folio_money(folio_id=first.folio_id)
    assert (money.balance, money.captured, money.refunded) == (0, Decimal("120.00"), Decimal("40.00"))
    assert list(SpaceBooking.objects.order_by("start").values_list("status", flat=True)) == [
        "confirmed", "cancelled", "confirmed",
    ]  # fmt: skip


def test_this_and_the_following_are_cancelled_and_what_was_before_stays():
    space = space_open(hourly_price=0)
    answer = series(space, "FREQ=WEEKLY;COUNT=4", date(2027, 3, 1))

    space_booking_cancel(booking_id=answer.bookings[2].pk, actor=None, scope="following", at=NOW)

    assert list(SpaceBooking.objects.order_by("start").values_list("status", flat=True)) == [
        "confirmed", "confirmed", "cancelled", "cancelled",
    ]  # fmt: skip


def test_a_daily_series_moves_over_itself_by_a_day_and_keeps_its_hour_over_the_change():
    space = space_open(hourly_price=0)
    answer = series(space, "FREQ=DAILY;COUNT=3", date(2027, 3, 26))

    changed = space_booking_change(
        booking_id=answer.bookings[0].pk,
        change=SpaceChange(start=slot(space, date(2027, 3, 27), "09:00").start),
        actor=None,
        scope="all",
        at=NOW,
    )

    starts = sorted(property_now("Europe/Berlin", one.start) for one in changed)
    assert [start.strftime("%m-%d %H:%M") for start in starts] == [
        "03-27 09:00",
        "03-28 09:00",
        "03-29 09:00",
    ]
    assert [start.utcoffset() for start in starts] == [
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(hours=2),
    ]


def test_changing_one_time_charges_the_difference_and_refuses_what_is_taken():
    space = space_open(is_prepaid=False)
    manager = StaffFactory(property=space.property)
    booking = booked(space, date(2027, 3, 1), "09:00", at=NOW, channel="staff", actor=manager)
    other = booked(space, date(2027, 3, 1), "12:00", at=NOW, channel="staff", actor=manager)

    with pytest.raises(SpaceTaken):
        space_booking_change(booking_id=booking.pk, change=SpaceChange(start=other.start), actor=None, at=NOW)
    space_booking_change(booking_id=booking.pk, change=SpaceChange(minutes=150), actor=None, at=NOW)

    booking.refresh_from_db()
    assert (booking.total, booking.charged) == (Decimal("100.00"), Decimal("100.00"))
    assert folio_balance(folio_id=booking.folio_id) == Decimal("100.00")
    with pytest.raises(ChangeTooLate):
        space_booking_change(
            booking_id=booking.pk,
            change=SpaceChange(minutes=60),
            actor=None,
            at=datetime(2027, 2, 28, 9, 0, tzinfo=UTC),
        )


def test_a_requested_series_is_approved_as_a_whole():
    space = space_open(needs_approval=True, is_prepaid=False)
    manager = StaffFactory(property=space.property)
    answer = series(space, "FREQ=WEEKLY;COUNT=3", date(2027, 3, 1))

    space_booking_approve(booking_id=answer.bookings[0].pk, actor=manager, scope="all", at=NOW)

    assert set(SpaceBooking.objects.values_list("status", flat=True)) == {"approved"}
    assert len(set(SpaceBooking.objects.values_list("folio_id", flat=True))) == 1
    assert folio_balance(folio_id=SpaceBooking.objects.first().folio_id) == Decimal("120.00")


def test_free_time_that_becomes_a_paid_one_is_charged_and_taken_off_again():
    space = space_open(hourly_price=0, is_prepaid=False)
    SpacePriceFactory(space=space)
    booking = booked(space, date(2027, 3, 1), "09:00", at=NOW)
    assert (booking.total, booking.folio_id) == (0, None)

    for begins, price in (("17:00", 60), ("09:00", 0)):
        change = SpaceChange(start=slot(space, date(2027, 3, 1), begins).start)
        space_booking_change(booking_id=booking.pk, change=change, actor=None, at=NOW)
        booking.refresh_from_db()
        assert (booking.total, booking.charged) == (price, price)
        assert folio_balance(folio_id=booking.folio_id) == price
