"""Occupancy, revenue and what comes in, worked out by hand for the small world."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventory.models import RoomInventory
from inventory.services import block_create
from reports.catalogue import REPORTS
from reports.selectors.drill import drill_bookings
from reports.types import Drill, DrillBy, Period, ReportResult, ReportRow
from tests.factories import bookings as stays
from tests.factories.inventory import Hotel, RatePlanFactory, hotel

from .world import WEEK, booked, day, noon, scope, small_world

pytestmark = pytest.mark.django_db


def run(report: str, *houses: Hotel, period: Period = WEEK, **options: Any) -> ReportResult:
    return REPORTS[report].run(scope=scope(*houses), period=period, at=noon(0), **options)


def cells(row: ReportRow, *names: str) -> tuple[Any, ...]:
    return tuple(row.cells[name] for name in names)


def behind(row: ReportRow) -> list[str]:
    """The nights' prices of the bookings that a row leads to: enough to tell them apart."""
    assert row.drill is not None
    drill = Drill.from_query(row.drill.as_query())
    return sorted(f"{booking.nights.all()[0].price:.0f}" for booking in drill_bookings(drill))


def test_occupancy_adr_and_revpar(house: Hotel) -> None:
    small_world(house)
    RoomInventory.objects.filter(room_type=house.room_type, date__in=(day(4), day(5))).update(blocked=1)

    result = run("occupancy", house)

    (total,) = result.table.totals
    assert cells(total, "rooms", "blocked", "available", "sold", "guests") == (28, 2, 26, 8, 19)
    assert total.cells["occupancy"] == Decimal("30.7692")  # 8 / 26
    assert total.cells["revenue"] == Decimal("872.90")  # 200 + 720 - 47.10
    assert total.cells["adr"] == Decimal("109.11")  # 872.90 / 8
    assert total.cells["revpar"] == Decimal("33.57")  # 872.90 / 26
    assert [row.cells["sold"] for row in result.rows] == [1, 3, 2, 2, 0, 0, 0]
    assert cells(result.rows[4], "available", "occupancy", "adr", "revpar") == (3, 0, None, 0)
    assert behind(result.rows[1]) == ["100", "120"]
    assert [(series.key, len(series.points)) for series in result.series] == [
        ("occupancy", 7),
        ("adr", 7),
        ("revpar", 7),
    ]


def test_where_there_are_no_rooms_there_is_no_figure(house: Hotel) -> None:
    RoomInventory.objects.filter(date=day(1)).update(blocked=4)

    row = run("occupancy", house).rows[1]
    assert cells(row, "available", "sold", "occupancy", "adr", "revpar") == (0, 0, None, None, None)
    assert run("occupancy", house, period=Period(day(100), day(101))).table.totals == ()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("week", {"0:EUR": (day(0), 8), "1:EUR": (day(7), 2)}),
        ("month", {"0:EUR": ("2031-03", 10)}),
    ],
)
def test_occupancy_by_parts_of_the_period(house: Hotel, by: str, expected: dict[str, Any]) -> None:
    small_world(house)
    booked(house, 8, 2)

    result = run("occupancy", house, period=Period(day(0), day(14)), by=by)

    assert {row.key: cells(row, "bucket", "sold") for row in result.rows} == expected


def test_currencies_and_houses_stay_apart(house: Hotel) -> None:
    tokyo = hotel(first=day(0), nights=7, rooms=2, currency="JPY", time_zone="Asia/Tokyo", name="Yanaka")
    booked(house, 0, 1, "100.00")
    booked(tokyo, 0, 1, "9000")

    result = run("occupancy", house, tokyo, by="property")
    assert {row.currency: cells(row, "bucket", "available", "revenue", "revpar") for row in result.rows} == {
        "EUR": (house.property.name, 28, Decimal("100.00"), Decimal("3.57")),
        "JPY": ("Yanaka", 14, Decimal(9000), Decimal(643)),
    }
    assert [total.currency for total in result.table.totals] == ["EUR", "JPY"]
    assert [row.currency for row in run("occupancy", tokyo, by="property").rows] == ["JPY"]


def test_an_upgrade_takes_no_room_from_the_house(house: Hotel) -> None:
    block = block_create(
        room_type_id=house.room_type.pk, start=day(0), end=day(2), rooms=1, reason="painting", actor=None
    )
    assert run("occupancy", house).table.totals[0].cells["available"] == 26

    type(block).objects.filter(pk=block.pk).update(kind="upgrade")
    assert run("occupancy", house).table.totals[0].cells["available"] == 28


def test_revenue_by_whatever_it_comes_from(house: Hotel) -> None:
    small_world(house)
    half_board = RatePlanFactory.create(property=house.property, name="Half board")
    booked(house, 5, 4, "50.00", rate_plan=half_board, guest_country="FR")  # two nights are in the week

    def of(dimension: str) -> dict[str, tuple[Any, ...]]:
        rows = run(f"revenue_{dimension}", house).rows
        return {
            str(row.cells["bucket"]): cells(row, "stays", "sold", "revenue", "share", "adr") for row in rows
        }

    ann_and = (2, 4, Decimal("300.00"), Decimal("30.8356"), Decimal("75.00"))
    bob = (1, 6, Decimal("672.90"), Decimal("69.1644"), Decimal("112.15"))
    assert of("channel") == {"web site": ann_and, "travel agent": bob}
    assert of("segment")["online ta"] == bob
    assert of("segment")["not known"] == (1, 2, Decimal("100.00"), Decimal("10.2785"), Decimal("50.00"))
    assert set(of("country")) == {"Germany", "France", "not known"}
    assert of("rate_plan")["Half board"][1:3] == (2, Decimal("100.00"))
    assert of("room_type") == {
        house.room_type.name: (3, 10, Decimal("972.90"), Decimal("100.0000"), Decimal("97.29"))
    }
    by_country = {str(row.cells["bucket"]): row for row in run("revenue_country", house).rows}
    assert behind(by_country["not known"]) == ["120"]
    assert behind(by_country["Germany"]) == ["100"]  # the no-show from Germany has no room nights


def test_reports_of_one_thing_agree(house: Hotel) -> None:
    small_world(house)
    booked(house, -1, 3, "33.33", tax="7.77")
    booked(house, 5, 9, "71.19", rooms=2, tax="99.99")

    amounts = {
        report: run(report, house).table.totals[0].cells["revenue"]
        for report in ("occupancy", "revenue_channel", "revenue_room_type", "revenue_country")
    }
    assert len(set(amounts.values())) == 1
    before = Decimal("33.33") * 2 - Decimal("7.77") * 2 / 3
    after = Decimal("71.19") * 4 - Decimal("99.99") * 2 / 9
    assert amounts["occupancy"] == (Decimal("872.90") + before + after).quantize(Decimal("0.01"))


def test_pickup_looks_at_what_was_known_when(house: Hotel) -> None:
    booked(house, 10, 2, "100.00", made=-30)  # long known
    booked(house, 10, 1, "80.00", made=-3)  # picked up
    booked(house, 11, 1, "60.00", status="cancelled", made=-30, cancelled=-1)  # given back
    booked(house, 11, 1, "60.00", status="cancelled", made=-20, cancelled=-10)  # gone before
    booked(house, 12, 1, "50.00", made=2)  # not made yet
    booked(house, 12, 1, "40.00", status="no_show", made=-2)  # still expected then
    booked(house, 10 - 364, 1, "90.00", status="checked_out", made=-2 - 364)

    result = run("pickup", house, period=Period(day(10), day(13)), days=7)

    names = ("sold", "pickup", "pickup_revenue", "pickup_last_year", "change")
    assert [cells(row, *names) for row in result.rows] == [
        (2, 1, Decimal("80.00"), 1, Decimal("0.0000")),
        (1, -1, Decimal("-60.00"), 0, None),
        (1, 1, Decimal("40.00"), 0, None),
    ]
    assert cells(result.table.totals[0], *names) == (4, 1, Decimal("60.00"), 1, Decimal("0.0000"))
    assert behind(result.rows[0]) == ["80"]


def test_pace_compares_at_the_same_lead(house: Hotel) -> None:
    booked(house, 10, 1, "100.00", made=-5)
    booked(house, 10 - 364, 1, "80.00", status="checked_out", made=-100 - 364)
    booked(house, 10 - 364, 1, "80.00", status="checked_out", made=3 - 364)  # later than now, a year ago
    booked(house, 10 - 364, 1, "80.00", status="cancelled", made=-100 - 364, cancelled=5 - 364)

    (row,) = run("pace", house, period=Period(day(10), day(11))).rows
    names = ("sold", "adr", "sold_last_year", "revenue_last_year", "final_last_year", "difference", "change")
    assert cells(row, *names) == (1, 100, 2, Decimal("160.00"), 2, -1, Decimal("-50.0000"))

    by_dates = run("pace", house, period=Period(day(11), day(12)), align="dates").rows[0]
    assert by_dates.cells["final_last_year"] == 2  # 14 March, a Friday, was a Thursday the year before


def test_forecast_adds_what_usually_still_comes(house: Hotel) -> None:
    for week in range(1, 9):
        booked(house, 7 - 7 * week, 1, "100.00", status="checked_out", made=7 - 7 * week - 30)
    for week in range(2, 9, 2):  # every other Monday somebody comes two days before
        booked(house, 7 - 7 * week, 1, "80.00", status="checked_out", made=7 - 7 * week - 2)
    booked(house, 7, 1, "100.00", made=-20)

    result = run("forecast", house, period=Period(day(7), day(9)))

    monday, tuesday = result.rows
    names = ("available", "sold", "expected", "forecast", "occupancy", "revenue", "forecast_revenue")
    assert cells(monday, *names) == (
        4, 1, Decimal("0.5"), Decimal("1.5"), Decimal("37.5000"), Decimal("100.00"), Decimal("140.00"),
    )  # fmt: skip
    assert cells(tuesday, *names) == (4, 0, 0, 0, 0, 0, 0)
    assert result.options["backtest"]["EUR"]["mae"] is not None
    assert "rooms a night" in str(result.notes[1])


def test_forecast_without_a_past_says_that_it_was_not_tested(house: Hotel) -> None:
    result = run("forecast", house, period=Period(day(7), day(9)))

    assert result.options["backtest"] == {"EUR": {"mae": Decimal("0.00"), "wape": None}}
    assert "cannot be tested" in str(result.notes[1])


def test_arrivals_by_day(house: Hotel) -> None:
    small_world(house)

    result = run("arrivals", house)

    names = ("stays", "arrivals", "departures", "stayovers", "sold", "guests", "no_shows", "cancellations")
    assert [cells(row, *names) for row in result.rows][:5] == [
        (1, 1, 0, 0, 1, 2, 0, 0),
        (1, 2, 0, 1, 3, 7, 0, 1),
        (0, 0, 1, 2, 2, 5, 1, 0),
        (0, 0, 0, 2, 2, 5, 0, 0),
        (0, 0, 2, 0, 0, 0, 0, 0),
    ]
    assert behind(result.rows[1]) == ["120"]


def test_periods_are_compared(house: Hotel) -> None:
    booked(house, 7, 2)
    booked(house, 1, 1, "40.00")

    result = run("occupancy", house, period=Period(day(7), day(14)), compare="previous")

    assert result.compared is not None
    assert result.compared.period == WEEK
    assert [(row.cells["sold"], other and other.cells["sold"]) for row, other in result.pairs()][:2] == [
        (1, 0),
        (1, 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_cached_is_outdated_by_bookings(house: Hotel, django_assert_num_queries: Any) -> None:
    small_world(house)

    def sold() -> object:
        return REPORTS["occupancy"].run(scope=scope(house), period=WEEK).table.totals[0].cells["sold"]

    assert sold() == 8
    with django_assert_num_queries(0):
        assert sold() == 8
    stays.confirmed(house, stay=house.stay(4, 1), at=timezone.now() - timedelta(minutes=1))
    assert sold() == 9


def test_a_list_of_bookings_takes_one_query(house: Hotel, django_assert_num_queries: Any) -> None:
    small_world(house)
    drill = Drill((house.property.pk,), DrillBy.ARRIVAL, day(0), day(7))
    for number in (4, 20):
        while drill_bookings(drill).count() < number:
            booked(house, 5, 1, "1.00")
        with django_assert_num_queries(1):
            rows = [
                (row.room_type.name, row.rate_plan.name, row.property.name) for row in drill_bookings(drill)
            ]
        assert len(rows) == number
