"""What the first pass measures, and the prices that follow from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bookings.imports.prices import seasons_derive
from bookings.imports.shifting import Timeline
from bookings.imports.source import SourceRow
from bookings.imports.survey import HotelSurvey, Occupancy, Rates, arrivals_span, survey_make

from .files import raw


def rows(*changes: dict[str, str]) -> list[SourceRow]:
    return [SourceRow(line, raw(**change)) for line, change in enumerate(changes, start=2)]


def test_most_rooms_at_once() -> None:
    occupancy = Occupancy()
    for arrival, departure in ((1, 3), (2, 5), (2, 4), (4, 6), (5, 7)):
        occupancy.add(arrival=date(2016, 5, arrival), departure=date(2016, 5, departure))

    assert occupancy.peak() == 3
    assert occupancy.rooms_needed() == 5
    assert Occupancy().rooms_needed() == 1


def test_median() -> None:
    rates = Rates()
    for rate in ("50", "70.90", "1000", "60"):
        rates.add(Decimal(rate))

    assert rates.median() == 60
    with pytest.raises(ValueError, match="no median"):
        Rates().median()


def test_every_row_is_counted_once() -> None:
    survey = survey_make(
        rows=rows(
            {},
            {"reservation_status": "Canceled"},
            {"adr": "-1"},
            {"arrival_date_month": "June", "reservation_status_date": "6/11/2016"},
        ),
        timeline=Timeline(today=date(2016, 5, 20)),
    )

    assert survey.rows == 4
    assert (survey.takeable, survey.left_out, survey.refused.total()) == (2, 1, 1)
    # The guest of June has no booking yet, and still a room to come to.
    assert survey.hotels["City Hotel"].occupancy["A"].stays == 2
    assert survey.hotels["City Hotel"].last_departure == date(2016, 6, 11)


def test_span_of_arrivals_takes_no_notice_of_refused_rows() -> None:
    read = rows({"arrival_date_year": "2030", "adults": "0"}, {}, {"arrival_date_month": "June"})

    assert arrivals_span(read) == (date(2016, 5, 9), date(2016, 6, 9))
    assert arrivals_span(read[:1]) is None


def test_prices_follow_the_month_and_the_weekend() -> None:
    survey = survey_make(
        rows=rows(
            *[{"adr": "100"}] * 6,
            *[{"adr": "120", "arrival_date_day_of_month": "13"}] * 3,
            *[{"adr": "200", "arrival_date_month": "August", "arrival_date_day_of_month": "1"}] * 6,
        ),
        timeline=Timeline(),
    ).hotels["City Hotel"]

    seasons = seasons_derive(
        survey=survey, room_types=["A"], rate_plan="BB", first=date(2027, 7, 20), end=date(2027, 9, 2)
    )

    assert [season.name for season in seasons] == ["July 2027", "August 2027", "September 2027", "Later"]
    assert [season.first_night for season in seasons] == [
        date(2027, 7, 20),
        date(2027, 8, 1),
        date(2027, 9, 1),
        date(2027, 10, 1),
    ]
    assert seasons[1].prices[0] == Decimal(200)
    assert seasons[1].prices[4] == seasons[1].prices[5] == Decimal(240)
    assert seasons[-1].last_night is None


def test_a_house_without_rates_has_a_price_all_the_same() -> None:
    seasons = seasons_derive(
        survey=HotelSurvey(), room_types=["A"], rate_plan="BB", first=date(2027, 1, 1), end=date(2027, 1, 2)
    )

    assert seasons[0].prices == (Decimal("100.00"),) * 7
