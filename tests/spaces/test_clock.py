"""The clock on the wall over daylight-saving changes, opening hours and prices. Pure, no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from bookings.series import series_days
from bookings.space_exceptions import SeriesInvalid
from inventory.hourly import (
    Period,
    TimeSkipped,
    instant_of,
    instants_of,
    is_open,
    open_periods,
    periods_subtract,
    space_quote,
)
from inventory.models import Space, SpaceClosure, SpaceHours, SpacePrice

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (BERLIN, date(2027, 3, 28), time(2, 30), []),
        (BERLIN, date(2027, 3, 28), time(3, 0), [utc(2027, 3, 28, 1)]),
        (BERLIN, date(2027, 10, 31), time(2, 30), [utc(2027, 10, 31, 0, 30), utc(2027, 10, 31, 1, 30)]),
        (BERLIN, date(2027, 10, 31), time(3, 0), [utc(2027, 10, 31, 2)]),
        (NEW_YORK, date(2027, 3, 14), time(2, 30), []),
        (NEW_YORK, date(2027, 11, 7), time(1, 30), [utc(2027, 11, 7, 5, 30), utc(2027, 11, 7, 6, 30)]),
        (NEW_YORK, date(2027, 11, 7), time(2, 0), [utc(2027, 11, 7, 7)]),
    ],
)
def test_a_time_comes_never_once_or_twice(zone, day, clock, expected):
    assert instants_of(day, clock, zone) == expected
    if not expected:
        with pytest.raises(TimeSkipped) as skipped:
            instant_of(day, clock, zone)
        assert skipped.value.data == {"day": day.isoformat(), "time": clock.strftime("%H:%M")}
    else:
        assert instant_of(day, clock, zone) == expected[0]
        assert instant_of(day, clock, zone, second=True) == expected[-1]


def hours(*stretches: tuple[int, str, str]) -> list[SpaceHours]:
    return [
        SpaceHours(weekday=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for day, opens, closes in stretches
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours_open"),
    [(BERLIN, date(2027, 3, 28), 23), (BERLIN, date(2027, 10, 31), 25), (NEW_YORK, date(2027, 3, 14), 23),
     (NEW_YORK, date(2027, 11, 7), 25), (NEW_YORK, date(2027, 11, 8), 24)],
)  # fmt: skip
def test_a_whole_day_is_as_long_as_it_is(zone, day, hours_open):
    opened = open_periods(
        hours=hours((day.weekday(), "00:00", "00:00")), closures=[], time_zone=zone, first=day, last=day
    )
    assert [period.minutes for period in opened] == [hours_open * 60]


def test_stretches_that_overlap_or_meet_over_midnight_are_one():
    opened = open_periods(
        hours=hours(
            (0, "20:00", "23:00"), (0, "22:00", "00:00"), (1, "00:00", "02:00"), (1, "09:00", "10:00")
        ),
        closures=[],
        time_zone=BERLIN,
        first=date(2027, 5, 10),
        last=date(2027, 5, 11),
    )
    assert opened == [
        Period(utc(2027, 5, 10, 18), utc(2027, 5, 11, 0)),
        Period(utc(2027, 5, 11, 7), utc(2027, 5, 11, 8)),
    ]
    night = Period(utc(2027, 5, 10, 21), utc(2027, 5, 10, 23))
    stretches = hours((0, "20:00", "00:00"), (1, "00:00", "02:00"))
    assert is_open(night, hours=stretches, closures=[], time_zone=BERLIN)
    shut = [SpaceClosure(first_day=date(2027, 5, 11), last_day=date(2027, 5, 11))]
    assert not is_open(night, hours=stretches, closures=shut, time_zone=BERLIN)


def test_opening_in_the_skipped_hour_is_the_moment_after_and_closing_in_the_double_one_the_second():
    spring = open_periods(
        hours=hours((6, "02:30", "05:00")),
        closures=[],
        time_zone=BERLIN,
        first=date(2027, 3, 28),
        last=date(2027, 3, 28),
    )
    autumn = open_periods(
        hours=hours((6, "00:00", "02:30")),
        closures=[],
        time_zone=BERLIN,
        first=date(2027, 10, 31),
        last=date(2027, 10, 31),
    )
    assert spring == [Period(utc(2027, 3, 28, 1, 30), utc(2027, 3, 28, 3))]
    assert autumn == [Period(utc(2027, 10, 30, 22), utc(2027, 10, 31, 1, 30))]


def test_what_is_taken_is_cut_out():
    whole = Period(utc(2027, 5, 10, 8), utc(2027, 5, 10, 18))
    taken = [
        Period(utc(2027, 5, 10, 9), utc(2027, 5, 10, 10)),
        Period(utc(2027, 5, 10, 17), utc(2027, 5, 10, 20)),
    ]
    assert periods_subtract([whole], taken) == [
        Period(utc(2027, 5, 10, 8), utc(2027, 5, 10, 9)),
        Period(utc(2027, 5, 10, 10), utc(2027, 5, 10, 17)),
    ]


def test_the_night_with_the_double_hour_is_paid_as_long_as_it_lasts():
    space = Space(name="Hall", hourly_price=Decimal(10))
    quote = space_quote(
        space=space,
        prices=[SpacePrice(weekday=6, starts=time(2), ends=time(3), hourly_price=Decimal(30))],
        tax=None,
        currency="EUR",
        time_zone=BERLIN,
        period=Period(utc(2027, 10, 30, 23), utc(2027, 10, 31, 3)),
    )
    assert [(line.period.minutes, line.amount) for line in quote.lines if line.period] == [
        (60, Decimal("10.00")),
        (120, Decimal("60.00")),
        (60, Decimal("10.00")),
    ]
    assert quote.total == Decimal("80.00")


def days(rule: str, first: date = date(2027, 5, 10), ahead: int = 365) -> list[str]:
    found = series_days(rule=rule, first_day=first, time_zone=BERLIN, days_ahead=ahead)
    return [day.isoformat() for day in found]


def test_rules_are_read():
    assert days("FREQ=WEEKLY;COUNT=3") == ["2027-05-10", "2027-05-17", "2027-05-24"]
    assert days("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270519") == [
        "2027-05-10", "2027-05-12", "2027-05-17", "2027-05-19",
    ]  # fmt: skip
    assert days("FREQ=MONTHLY;BYDAY=2MO;COUNT=3") == ["2027-05-10", "2027-06-14", "2027-07-12"]
    # half past ten at night in UTC is the next day on the wall
    assert days("FREQ=DAILY;UNTIL=20270511T223000Z") == ["2027-05-10", "2027-05-11", "2027-05-12"]
    assert days("FREQ=DAILY;COUNT=100", ahead=2) == ["2027-05-10", "2027-05-11", "2027-05-12"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "series_invalid"),
        ("FREQ=WEEKLY", "series_endless"),
        ("FREQ=HOURLY;COUNT=3", "series_frequency"),
        ("FREQ=WEEKLY;COUNT=0", "series_invalid"),
        ("FREQ=WEEKLY;COUNT=3;BYHOUR=3", "series_invalid"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=3", "series_invalid"),
        ("FREQ=DAILY;COUNT=121", "series_too_long"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=5", "series_empty"),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=5", "series_invalid"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=5", "series_invalid"),
        ("FREQ=WEEKLY;UNTIL=soon", "series_invalid"),
    ],
)
def test_rules_that_cannot_be(rule, code):
    with pytest.raises(SeriesInvalid) as refused:
        days(rule, first=date(2027, 2, 1))
    assert refused.value.code == code
