"""Figures of days are exact after every commit, whoever changed the bookings and how."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from bookings.models import Booking, BookingNight
from reports.models import DailyStat, DailyStatMark
from reports.selectors.daily import FIGURES, daily_differences
from reports.services import (
    DailyStatsDiffer,
    daily_stats_check_nightly,
    daily_stats_rebuild,
    daily_stats_refresh,
)
from tests.factories import bookings as stays
from tests.factories.inventory import Hotel, hotel

from .world import booked, day, small_world

pytestmark = pytest.mark.django_db


def figures(house: Hotel) -> dict[int, dict[str, Any]]:
    """What is recorded, by day of the world, without zeros."""
    return {
        (stat["date"] - day(0)).days: {name: stat[name] for name in FIGURES if stat[name]}
        for stat in DailyStat.objects.filter(property=house.property).values("date", *FIGURES)
    }


def refreshed(house: Hotel) -> dict[int, dict[str, Any]]:
    daily_stats_refresh(property_ids=[house.property.pk])
    return figures(house)


def test_the_small_world(house: Hotel) -> None:
    small_world(house)
    net = Decimal(240) - Decimal(240) * Decimal("47.10") / 720  # two rooms at 120, 47.10 of 720 being tax

    assert refreshed(house) == {
        0: {"sold": 1, "guests": 2, "arrivals": 1, "bookings": 1, "revenue_gross": 100, "revenue": 100},
        1: {
            "sold": 3, "guests": 7, "arrivals": 2, "bookings": 2, "cancellations": 1,
            "revenue_gross": 340, "revenue": 100 + net,
        },
        2: {
            "sold": 2, "guests": 5, "departures": 1, "bookings": 1, "no_shows": 1,
            "revenue_gross": 240, "revenue": net,
        },
        3: {"sold": 2, "guests": 5, "revenue_gross": 240, "revenue": net},
        4: {"departures": 2},
    }  # fmt: skip
    assert net == Decimal("224.3")
    assert daily_differences() == []


def test_services_leave_marks_only_when_rooms_are_sold(house: Hotel) -> None:
    held = stays.held(house, stay=house.stay(0, 2)).booking
    assert DailyStatMark.objects.count() == 0

    stays.pay(held)
    assert list(DailyStatMark.objects.values_list("property_id", "room_type_id", "start", "end")) == [
        (house.property.pk, house.room_type.pk, day(0), day(3))
    ]
    assert refreshed(house)[0] == {
        "sold": 1, "guests": 2, "arrivals": 1, "bookings": 1, "revenue_gross": 100, "revenue": 100,
    }  # fmt: skip
    assert DailyStatMark.objects.count() == 0


def test_every_change_is_added_up(house: Hotel) -> None:
    other = hotel(first=day(0), nights=40, in_property=house.property, plan=house.plan)
    world = small_world(house)
    daily_stats_refresh()
    changes = (
        lambda: Booking.objects.filter(pk=world["bob"].pk).update(departure=day(3), arrival=day(2)),
        lambda: Booking.objects.filter(pk=world["bob"].pk).update(room_type=other.room_type),
        lambda: Booking.objects.filter(pk=world["bob"].pk).update(adults=3, children_ages=[]),
        lambda: Booking.objects.filter(pk=world["bob"].pk).update(quote={"tax_included": "10.00"}),
        lambda: BookingNight.objects.filter(booking=world["ann"], date=day(0)).update(price=130),
        lambda: BookingNight.objects.filter(booking=world["ann"], date=day(1)).delete(),
        lambda: booked(house, 20, 2),
        lambda: Booking.objects.filter(pk=world["bob"].pk).update(status="cancelled"),
        world["cas"].delete,
        lambda: connection.cursor().execute(
            "UPDATE bookings_booking SET status = 'checked_in' WHERE status = 'no_show'"
        ),
    )
    for change in changes:
        before = list(
            DailyStat.objects.order_by("room_type", "date").values_list("room_type", "date", *FIGURES)
        )
        change()
        daily_stats_refresh()
        after = list(
            DailyStat.objects.order_by("room_type", "date").values_list("room_type", "date", *FIGURES)
        )
        assert after != before
        assert daily_differences() == []


def test_what_no_figure_is_made_of_marks_nothing(house: Hotel) -> None:
    world = small_world(house)
    daily_stats_refresh()

    Booking.objects.filter(pk=world["ann"].pk).update(staff_notes="likes tea", guest_name="Ann")
    Booking.objects.filter(pk=world["eve"].pk).update(adults=1)
    world["fay"].delete()

    marks = list(DailyStatMark.objects.values_list("start", "end"))
    assert marks == [
        (day(3), day(4)),
        (day(3), day(5)),
    ]  # the hold that was called off: its night, then itself


def test_a_change_that_is_rolled_back_leaves_nothing(house: Hotel) -> None:
    booking = booked(house, 0, 2)
    before = refreshed(house)

    with transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(status="cancelled")
        transaction.set_rollback(True)

    assert DailyStatMark.objects.count() == 0
    assert refreshed(house) == before


def test_a_day_on_which_nothing_is_left_has_no_row(house: Hotel) -> None:
    booking = booked(house, 0, 2)
    assert len(refreshed(house)) == 3

    booking.delete()

    assert refreshed(house) == {}


def test_currencies_are_never_added(house: Hotel) -> None:
    booked(house, 0, 1, "100.00")
    booked(house, 0, 1, "5000", currency="JPY")
    daily_stats_refresh()

    rows = DailyStat.objects.filter(date=day(0)).order_by("currency")
    assert list(rows.values_list("currency", "sold", "revenue")) == [("EUR", 1, 100), ("JPY", 1, 5000)]


def test_refreshing_takes_one_query_when_nothing_has_changed(
    house: Hotel, django_assert_num_queries: Any
) -> None:
    small_world(house)
    daily_stats_refresh()

    with django_assert_num_queries(1):
        assert daily_stats_refresh() == 0
    booked(house, 9, 1)
    with django_assert_num_queries(6):  # with the savepoint of the test's own transaction
        assert daily_stats_refresh() == 1


def test_rebuilding_mends_a_range(house: Hotel) -> None:
    small_world(house)
    right = refreshed(house)
    DailyStat.objects.update(sold=9)

    daily_stats_rebuild(property_id=house.property.pk, start=day(1), end=day(3))
    assert [figures(house)[offset].get("sold") for offset in range(5)] == [9, 3, 2, 9, 9]

    daily_stats_rebuild(property_id=house.property.pk)
    assert figures(house) == right


def test_the_check_names_what_differs(house: Hotel, capsys: pytest.CaptureFixture[str]) -> None:
    small_world(house)
    daily_stats_refresh()
    call_command("dailystats_check")
    assert "no difference" in capsys.readouterr().out

    DailyStat.objects.filter(date=day(1)).update(sold=7, revenue=1)
    DailyStat.objects.filter(date=day(4)).delete()
    name, code = house.property.name, house.room_type.code
    with pytest.raises(SystemExit, match="1"):
        call_command("dailystats_check")

    assert capsys.readouterr().out.splitlines() == [
        f"{name}, {code}, 2031-03-04, EUR: sold is 7, not 3",
        f"{name}, {code}, 2031-03-04, EUR: revenue is 1.000000000000, not 324.300000000000",
        f"{name}, {code}, 2031-03-07, EUR: departures is missing, not 2",
    ]
    with pytest.raises(DailyStatsDiffer):
        daily_stats_check_nightly()
    call_command("dailystats_rebuild", property=house.property.slug, as_json=True)
    assert json.loads(capsys.readouterr().out)["rows"] == 5
    assert daily_stats_check_nightly() == 5


def test_the_check_leaves_out_what_is_about_to_be_added_up(house: Hotel) -> None:
    booked(house, 0, 2)
    assert daily_differences() == []
    assert DailyStat.objects.count() == 0


def test_the_command_refuses_what_it_cannot_do(house: Hotel, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="no property"):
        call_command("dailystats_rebuild", slug="nowhere")
    with pytest.raises(CommandError, match="before the first"):
        call_command("dailystats_rebuild", "--from=2031-03-03", "--to=2031-03-01")

    small_world(house)
    daily_stats_refresh()
    DailyStat.objects.filter(date__gte=day(1)).update(guests=0)
    call_command("dailystats_rebuild", "--from=2031-03-05", "--to=2031-03-05", "--dry-run")

    assert "1 figures of 1 properties would change" in capsys.readouterr().out
    assert DailyStat.objects.get(date=day(2)).guests == 0
    assert day(2) + timedelta(days=1) == day(3)
