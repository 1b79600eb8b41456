from datetime import date

import pytest

from core.exceptions import ValidationFailed
from reports.types import Comparison, Drill, DrillBy, InvalidPeriod, Period, Scope


def test_a_period_is_half_open() -> None:
    period = Period.from_days(date(2031, 3, 1), date(2031, 3, 31))

    assert period == Period.of_month(2031, 3)
    assert (period.days, period.last) == (31, date(2031, 3, 31))
    assert date(2031, 3, 31) in period
    assert date(2031, 4, 1) not in period


@pytest.mark.parametrize("end", [date(2031, 3, 1), date(2031, 2, 1), date(2045, 1, 1)])
def test_a_period_that_is_none_is_refused(end: date) -> None:
    with pytest.raises(InvalidPeriod):
        Period(date(2031, 3, 1), end)


@pytest.mark.parametrize(
    ("period", "comparison", "other"),
    [
        (Period(date(2031, 3, 10), date(2031, 3, 17)), "previous", (date(2031, 3, 3), date(2031, 3, 10))),
        (Period.of_month(2031, 3), "previous", (date(2031, 2, 1), date(2031, 3, 1))),
        (Period(date(2031, 1, 1), date(2031, 4, 1)), "previous", (date(2030, 10, 1), date(2031, 1, 1))),
        (Period.of_year(2032), "previous", (date(2031, 1, 1), date(2032, 1, 1))),
        (Period.of_month(2032, 2), "last_year_dates", (date(2031, 2, 1), date(2031, 3, 1))),
        (
            Period(date(2032, 2, 29), date(2032, 3, 2)),
            "last_year_dates",
            (date(2031, 2, 28), date(2031, 3, 2)),
        ),
        (
            Period(date(2032, 2, 20), date(2032, 2, 29)),
            "last_year_dates",
            (date(2031, 2, 20), date(2031, 3, 1)),
        ),
        (
            Period(date(2031, 3, 3), date(2031, 3, 10)),
            "last_year_weekdays",
            (date(2030, 3, 4), date(2030, 3, 11)),
        ),
    ],
)
def test_the_period_compared_with(period: Period, comparison: str, other: tuple[date, date]) -> None:
    assert period.compared(Comparison(comparison)) == Period(*other)


def test_a_drill_comes_back_from_its_address_within_what_may_be_seen() -> None:
    drill = Drill(
        (2, 3), DrillBy.STAY, date(2031, 3, 1), date(2031, 4, 1), ("confirmed", "no_show"), "EUR",
        room_type_id=7, channel="-", lead_from=0, lead_to=3, booked_only=False, waitlist=True,
    )  # fmt: skip

    query = drill.as_query()

    assert query["statuses"] == "confirmed,no_show"
    assert query["booked_only"] == "0"
    assert Drill.from_query(query) == drill
    assert Drill.from_query(query, property_ids=(3, 4)).property_ids == (3,)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "moon"},
        {"start": "2031-13-01"},
        {"property_ids": "x"},
        {"waitlist": "yes"},
        {"end": "2031-03-01"},
        {"end": ""},
    ],
)
def test_an_address_that_says_nothing_is_refused(change: dict[str, str]) -> None:
    query = Drill((1,), DrillBy.STAY, date(2031, 3, 1), date(2031, 4, 1)).as_query()

    with pytest.raises(ValidationFailed):
        Drill.from_query(query | change)


def test_a_scope_is_sorted_and_says_everything_once() -> None:
    assert Scope((3, 1, 3)).property_ids == (1, 3)
