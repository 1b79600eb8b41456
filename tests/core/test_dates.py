from datetime import UTC, date, datetime, time

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.dates import InvalidStay, StayDates, date_range, local_datetime, property_now, property_today
from core.formats import country_name, format_day, format_stay

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


def test_a_stay_is_half_open() -> None:
    stay = StayDates(date(2026, 11, 20), date(2026, 11, 23))

    assert stay.nights == 3
    assert stay.dates() == [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)]
    assert date(2026, 11, 22) in stay
    assert date(2026, 11, 23) not in stay


@pytest.mark.parametrize(
    ("arrival", "departure", "first", "end"),
    [
        (date(2027, 3, 22), date(2027, 3, 29), date(2027, 3, 22), date(2027, 3, 29)),
        (date(2027, 3, 28), date(2027, 3, 30), date(2027, 3, 22), date(2027, 4, 5)),
        (date.min, date(1, 1, 2), date.min, date(1, 1, 8)),
        (date(9999, 12, 30), date.max, date(9999, 12, 27), date.max),
    ],
)
def test_whole_weeks_hold_every_night_of_a_stay(
    arrival: date, departure: date, first: date, end: date
) -> None:
    assert StayDates(arrival, departure).whole_weeks() == StayDates(first, end)


@pytest.mark.parametrize(
    ("arrival", "cuts", "departure"),
    [
        (date(2027, 1, 30), [date(2027, 2, 1), date(2027, 3, 1)], date(2027, 3, 2)),
        (date(2027, 2, 1), [], date(2027, 3, 1)),
        (date(2027, 2, 28), [date(2027, 3, 1)], date(2027, 3, 2)),
    ],
)
def test_a_stay_cut_by_month_has_the_same_nights(arrival: date, cuts: list[date], departure: date) -> None:
    parts = StayDates(arrival, departure).by_month()

    assert [part.arrival for part in parts] == [arrival, *cuts]
    assert [night for part in parts for night in part.dates()] == StayDates(arrival, departure).dates()


@pytest.mark.parametrize("departure", [date(2026, 11, 20), date(2026, 11, 19)])
def test_a_stay_without_a_night_is_refused(departure: date) -> None:
    with pytest.raises(InvalidStay) as caught:
        StayDates(date(2026, 11, 20), departure)

    assert (caught.value.code, caught.value.field, caught.value.http_status) == (
        "invalid_stay",
        "departure",
        422,
    )
    assert caught.value.data == {"arrival": "2026-11-20", "departure": departure.isoformat()}


@given(first=days, second=days, third=days, fourth=days)
def test_stays_overlap_if_they_share_a_night(first: date, second: date, third: date, fourth: date) -> None:
    if first == second or third == fourth:
        return
    one, other = StayDates(*sorted((first, second))), StayDates(*sorted((third, fourth)))
    shared = max(one.arrival, other.arrival) < min(one.departure, other.departure)

    assert one.overlaps(other) is shared
    assert other.overlaps(one) is shared


def test_a_range_ends_before_its_end() -> None:
    assert list(date_range(date(2026, 2, 27), date(2026, 3, 2))) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert list(date_range(date(2026, 3, 2), date(2026, 3, 1))) == []


@pytest.mark.parametrize(
    ("time_zone", "today"),
    [
        ("Pacific/Auckland", date(2026, 11, 21)),
        ("Europe/Berlin", date(2026, 11, 20)),
        ("UTC", date(2026, 11, 20)),
    ],
)
def test_today_is_what_the_propertys_clock_says(time_zone: str, today: date) -> None:
    at = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)

    assert property_today(time_zone, at) == today
    assert property_now(time_zone, at) == at


@pytest.mark.parametrize(
    ("day", "at_time", "instant"),
    [
        (date(2026, 7, 1), time(15), datetime(2026, 7, 1, 13, tzinfo=UTC)),
        (date(2026, 12, 1), time(15), datetime(2026, 12, 1, 14, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # never: an hour later
    ],
)
def test_a_wall_clock_time_is_an_instant_through_daylight_saving(
    day: date, at_time: time, instant: datetime
) -> None:
    assert local_datetime(day, at_time, "Europe/Berlin") == instant


def test_a_stay_is_written_in_the_readers_language() -> None:
    arrival, departure = date(2026, 11, 20), date(2026, 11, 23)

    assert format_stay(arrival, departure, "en") == "Fri, 20 Nov – Mon, 23 Nov 2026"
    assert format_stay(arrival, departure, "de") == "Fr., 20. – Mo., 23. Nov. 2026"
    assert format_day(arrival, "en") == "Fri, 20 Nov 2026"


def test_countries_have_names_in_the_readers_language() -> None:
    assert country_name("DE", "es") == "Alemania"
    assert country_name("de", "en") == "Germany"
    assert country_name("XQ", "en") == "XQ"


def test_the_template_filters_follow_the_active_language() -> None:
    template = Template(
        "{% load formats %}{{ arrival|stay_day }}|{{ none|stay_day }}|{{ none|stay_dates:arrival }}"
        "|{{ 'DE'|country_name }}|{{ arrival|stay_dates:departure }}"
    )

    with translation.override("fr"):
        text = template.render(
            Context({"arrival": date(2026, 11, 20), "departure": date(2026, 11, 23), "none": None})
        )

    assert text == "ven. 20 nov. 2026|||Allemagne|ven. 20 – lun. 23 nov. 2026"


def test_plain_portuguese_is_that_of_portugal() -> None:
    from core.formats import babel_locale

    assert str(babel_locale("pt")) == "pt_PT"
    assert str(babel_locale("pt-br")) == "pt_BR"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "4 Nov 2026, 20:29 | 4 Nov 2026 | 4 November"),
        ("de", "04.11.2026 20:29 | 4. November 2026 | 4. November"),
    ],
)
def test_dates_are_never_written_so_that_day_and_month_can_be_mistaken(language: str, written: str) -> None:
    template = Template(
        '{{ moment|date:"SHORT_DATETIME_FORMAT" }} | {{ moment|date }} | {{ moment|date:"MONTH_DAY_FORMAT" }}'
    )

    with translation.override(language):
        assert template.render(Context({"moment": datetime(2026, 11, 4, 20, 29, tzinfo=UTC)})) == written
