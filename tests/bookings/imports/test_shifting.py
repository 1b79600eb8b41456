"""Moving the file in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.imports.rows import SourceBooking, row_judge
from bookings.imports.shifting import Timeline, shift_weeks_choose
from bookings.imports.source import SourceRow
from bookings.transitions import BookingStatus

from .files import raw

FIRST, LAST = date(2015, 7, 1), date(2017, 8, 31)
TODAY = date(2016, 5, 9)


def booking(**changes: str) -> SourceBooking:
    judged = row_judge(SourceRow(2, raw(**changes)))
    assert isinstance(judged, SourceBooking)
    return judged


def test_the_datasets_keep_their_season() -> None:
    weeks = shift_weeks_choose(first=FIRST, last=LAST, today=date(2026, 11, 20))

    assert weeks == 522
    assert date(2016, 11, 18) + timedelta(weeks=weeks) == date(2026, 11, 20)


@given(
    first=st.dates(date(2000, 1, 1), date(2020, 1, 1)),
    days=st.integers(0, 1500),
    today=st.dates(date(1999, 1, 1), date(2060, 1, 1)),
)
def test_today_lies_inside(first: date, days: int, today: date) -> None:
    last = first + timedelta(days=days)

    weeks = shift_weeks_choose(first=first, last=last, today=today)

    # A span shorter than a week cannot always be moved onto a day by whole weeks.
    slack = max(timedelta(0), timedelta(days=6) - (last - first))
    moved_first, moved_last = first + timedelta(weeks=weeks), last + timedelta(weeks=weeks)
    assert moved_first - slack <= today <= moved_last + slack


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, BookingStatus.CONFIRMED),
        ({"arrival_date_day_of_month": "8"}, BookingStatus.CHECKED_IN),
        ({"arrival_date_day_of_month": "7", "reservation_status_date": "5/9/2016"}, BookingStatus.CHECKED_IN),
        (
            {"arrival_date_day_of_month": "6", "reservation_status_date": "5/8/2016"},
            BookingStatus.CHECKED_OUT,
        ),
        ({"reservation_status": "Canceled", "reservation_status_date": "5/8/2016"}, BookingStatus.CANCELLED),
        ({"reservation_status": "Canceled", "reservation_status_date": "5/9/2016"}, BookingStatus.CONFIRMED),
        ({"reservation_status": "No-Show", "reservation_status_date": "5/9/2016"}, BookingStatus.CONFIRMED),
        (
            {
                "arrival_date_day_of_month": "8",
                "reservation_status": "No-Show",
                "reservation_status_date": "5/8/2016",
            },
            BookingStatus.NO_SHOW,
        ),
    ],
)
def test_states_on_the_morning_of_today(changes: dict[str, str], status: BookingStatus) -> None:
    assert Timeline(today=TODAY).status(booking(**changes)) is status


def test_without_a_today_everything_has_ended() -> None:
    assert Timeline().status(booking(reservation_status="Canceled")) is BookingStatus.CANCELLED
    assert Timeline().status(booking()) is BookingStatus.CHECKED_OUT


@pytest.mark.parametrize(("lead_days", "is_made"), [("0", True), ("1", True)])
def test_made_today_or_before_is_made(lead_days: str, is_made: bool) -> None:
    assert Timeline(today=TODAY).is_made(booking(lead_time=lead_days)) is is_made


def test_made_tomorrow_is_not_made_yet() -> None:
    tomorrow = booking(lead_time="0", arrival_date_day_of_month="10")

    assert not Timeline(today=TODAY).is_made(tomorrow)
    assert Timeline(today=TODAY, weeks=-1).is_made(tomorrow)
    assert Timeline().is_made(tomorrow)
