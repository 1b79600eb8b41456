"""Statistics of bookings and money, worked out by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from bookings.models import Booking
from bookings.services import booking_cancel
from core.dates import property_today
from core.exceptions import ValidationFailed
from payments.gateways.base import RefundResult
from payments.models import Folio, Refund, RefundStatus
from payments.services.refunds import refund_apply
from reports.catalogue import REPORTS
from reports.selectors.drill import drill_bookings
from reports.selectors.narrowing import Only
from reports.selectors.revenue import DIMENSIONS, _statement
from reports.services import daily_stats_refresh
from reports.types import Period, ReportResult, ReportRow
from tests.factories import bookings as stays
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel, TaxFactory, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistEntry

from .world import WEEK, booked, day, noon, scope, small_world

pytestmark = pytest.mark.django_db


def run(report: str, *houses: Hotel, period: Period = WEEK, **options: Any) -> ReportResult:
    return REPORTS[report].run(scope=scope(*houses), period=period, at=noon(0), **options)


def cells(row: ReportRow, *names: str) -> tuple[Any, ...]:
    return tuple(row.cells[name] for name in names)


def behind(row: ReportRow) -> int:
    assert row.drill is not None
    return drill_bookings(row.drill).count()


def test_booking_statistics(house: Hotel) -> None:
    small_world(house)

    result = run("bookings", house)

    (total,) = result.table.totals
    assert cells(total, "bookings", "cancelled", "no_shows", "stays", "stay_nights") == (4, 1, 1, 2, 8)
    assert cells(total, "revenue", "adr") == (Decimal("872.90"), Decimal("109.11"))
    assert total.cells["average"] == Decimal("460.00")  # (200 + 720) / 2
    assert total.cells["alos"] == Decimal("2.0000")  # (2 + 3 + 1 + 2) / 4
    assert total.cells["lead_mean"] == Decimal("8.5000")  # (10 + 3 + 20 + 1) / 4
    by_status = {row.key: row for row in result.rows}
    assert {key: row.cells["bookings"] for key, row in by_status.items()} == {
        "checked_out:EUR": 1, "confirmed:EUR": 1, "cancelled:EUR": 1, "no_show:EUR": 1,
    }  # fmt: skip
    assert cells(by_status["cancelled:EUR"], "adr", "average", "lead_mean") == (None, None, 20)
    assert (behind(total), behind(by_status["cancelled:EUR"])) == (4, 1)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("channel", {"web:EUR": 3, "travel_agent:EUR": 1}),
        ("country", {"DE:EUR": 2, ":EUR": 2}),
        ("segment", {"leisure:EUR": 1, "online_ta:EUR": 1, ":EUR": 2}),
        ("day", {"0:EUR": 1, "1:EUR": 2, "2:EUR": 1}),
        ("month", {"0:EUR": 4}),
    ],
)
def test_bookings_by(house: Hotel, by: str, expected: dict[str, int]) -> None:
    small_world(house)

    rows = run("bookings", house, by=by).rows

    assert {row.key: row.cells["bookings"] for row in rows} == expected
    assert {row.key: behind(row) for row in rows} == expected


def test_bookings_by_the_day_they_were_made_or_end(house: Hotel) -> None:
    small_world(house)
    booked(house, 20, 1, made=0)
    late = Booking.objects.filter(arrival=day(20))
    late.update(confirmed_at=noon(0) + timedelta(hours=10, minutes=30))  # 22:30 in Berlin: still Monday
    assert run("bookings", house, day="booked", by="day").rows[0].key == "0:EUR"
    late.update(confirmed_at=noon(0) + timedelta(hours=12, minutes=30))  # half past midnight there
    assert [row.key for row in run("bookings", house, day="booked", by="day").rows] == [
        "1:EUR"
    ]  # dan, and this one
    assert run("bookings", house, day="booked").table.totals[0].cells["bookings"] == 2
    assert run("bookings", house, day="departure").table.totals[0].cells["bookings"] == 4


def test_lead_time_and_length_of_stay(house: Hotel) -> None:
    small_world(house)

    lead = run("lead_time", house)
    assert {row.key: row.cells["bookings"] for row in lead.rows if row.cells["bookings"]} == {
        "1": 1, "2": 1, "8": 1, "15": 1,
    }  # fmt: skip
    assert cells(lead.table.totals[0], "mean", "median") == (Decimal("8.5000"), Decimal("6.5000"))
    assert cells(lead.rows[0], "bookings", "share", "fell_through_rate", "mean", "median") == (
        0,
        0,
        None,
        None,
        None,
    )
    assert [behind(row) for row in lead.rows] == [row.cells["bookings"] for row in lead.rows]

    length = run("length_of_stay", house, which="stayed")
    assert [(row.cells["bucket"], row.cells["bookings"]) for row in length.rows][:4] == [
        ("1", 0), ("2", 1), ("3", 1), ("4", 0),
    ]  # fmt: skip
    assert cells(length.table.totals[0], "bookings", "mean", "median") == (
        2,
        Decimal("2.5000"),
        Decimal("2.5000"),
    )
    assert [behind(row) for row in length.rows] == [row.cells["bookings"] for row in length.rows]


def test_cancellations_and_no_shows_and_their_cost(house: Hotel) -> None:
    small_world(house)

    result = run("cancellations", house)

    (total,) = result.table.totals
    assert cells(total, "bookings", "cancelled", "cancellation_rate", "no_shows", "no_show_rate") == (
        4, 1, Decimal("25.0000"), 1, Decimal("25.0000"),
    )  # fmt: skip
    assert cells(total, "lost_nights", "lost_revenue", "fees", "cost") == (
        3, Decimal("250.00"), Decimal("125.00"), Decimal("125.00"),
    )  # fmt: skip
    assert behind(total) == 2
    assert run("cancellations", house, period=Period(day(30), day(40))).rows == ()


def test_what_cannot_be_asked_is_refused(house: Hotel) -> None:
    for options in ({"by": "moon"}, {"colour": "red"}):
        with pytest.raises(ValidationFailed):
            run("bookings", house, **options)
    for days in ("-1", "366", "many", 0):
        with pytest.raises(ValidationFailed):
            run("pickup", house, days=days)


def test_balances_payments_and_refunds() -> None:
    house = hotel(rooms=4, nights=20, deposit="percent", deposit_value=30, tiers=((48, "percent", 50),))
    manager = StaffFactory.create(property=house.property, role="manager")
    now = timezone.now()
    paid = stays.confirmed(house, stay=house.stay(0, 2))  # 200, all paid
    stays.confirmed(house, stay=house.stay(1, 2), purpose="deposit")  # 60 of 200 paid
    gone = stays.confirmed(house, stay=house.stay(2, 2))  # 200 paid, 100 kept
    booking_cancel(booking_id=gone.pk, actor=manager, at=now)
    today = property_today(house.property.time_zone, now)
    period = Period(today, today + timedelta(days=60))

    (total,) = run("balances", house, period=period).table.totals
    assert cells(total, "bookings", "charged", "paid", "owed", "owed_bookings", "credit") == (
        3,
        500,
        360,
        140,
        1,
        0,
    )
    assert cells(total, "deposit_due", "deposit_missing") == (120, 0)
    assert behind(total) == 1

    (card,) = run("payments", house, period=period).rows
    assert cells(card, "bucket", "payments", "received", "refunds", "refunded", "net") == (
        "card",
        3,
        460,
        1,
        100,
        360,
    )
    assert card.cells["share"] == 100
    assert behind(card) == 3

    (back,) = run("refunds", house, period=period).table.totals
    assert cells(back, "refunds", "made", "pending", "failed") == (1, 100, 0, 0)
    assert [booking.pk for booking in drill_bookings(back.drill)] == [gone.pk]  # type: ignore[arg-type]

    refund = Refund.objects.get()
    refund_apply(
        refund_id=refund.pk, result=RefundResult(status=RefundStatus.FAILED, failure_code="x"), at=now
    )
    (card,) = run("payments", house, period=period).rows
    assert cells(card, "received", "refunds", "refunded", "net") == (460, 1, 0, 460)
    (back,) = run("refunds", house, period=period).table.totals
    assert cells(back, "refunds", "made", "pending", "failed") == (1, 0, 0, 100)
    assert paid.status == "confirmed"


def test_taxes_of_stays_that_end_in_the_period() -> None:
    house = hotel(rooms=4, nights=20)
    TaxFactory.create(property=house.property, name="VAT", value=Decimal(7))
    TaxFactory.create(
        property=house.property, name="City tax", kind="person_night", value=Decimal(2), is_included=False
    )
    manager = StaffFactory.create(property=house.property, role="manager")
    stay = stays.confirmed(house, stay=house.stay(0, 3))
    gone = stays.confirmed(house, stay=house.stay(1, 2))
    booking_cancel(booking_id=gone.pk, actor=manager)
    period = Period(house.first, house.first + timedelta(days=10))

    result = run("taxes", house, period=period)

    assert {row.key: cells(row, "bookings", "nights", "guest_nights", "amount") for row in result.rows} == {
        "added:City tax:EUR": (1, 3, 6, Decimal("12.00")),
        "included:VAT:EUR": (1, 3, 6, Decimal("19.63")),  # 300 - 300 / 1.07
    }
    assert result.table.totals[0].cells["amount"] == Decimal("31.63")
    assert stay.tax_added == Decimal("12.00")
    assert Booking.objects.get(pk=stay.pk).tax_included == Decimal("19.63")
    assert [behind(row) for row in result.rows] == [1, 1]
    assert run("taxes", house, period=Period(house.first, house.first + timedelta(days=3))).rows == ()


def test_waitlist_conversion() -> None:
    house = hotel(rooms=1)
    sold_out(house)
    for status in ("waiting", "expired", "left"):
        entry = waiting(house)
        if status != "waiting":
            WaitlistEntry.objects.filter(pk=entry.pk).update(status=status, ended_at=timezone.now())
    today = property_today(house.property.time_zone)
    period = Period(today, today + timedelta(days=1))

    (total,) = run("waitlist", house, period=period).table.totals
    assert cells(total, "joined", "offered", "booked", "conversion", "acceptance", "hours") == (
        3,
        0,
        0,
        0,
        None,
        None,
    )
    assert cells(total, "declined", "gone", "waiting", "expired") == (0, 1, 1, 1)

    empty = run("waitlist", house, period=Period(day(0), day(1))).table.totals[0]
    assert cells(empty, "joined", "conversion") == (0, None)


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_every_report_asks_as_many_questions_at_twenty_bookings(
    house: Hotel, report: str, django_assert_num_queries: Any
) -> None:
    other = hotel(first=day(0), nights=7)
    small_world(house)
    queries = {"forecast": 2, "occupancy": 2, "arrivals": 2}.get(report, 1)
    run("occupancy", house, other)  # what is marked is added up
    with django_assert_num_queries(queries):
        run(report, house)
    for number in range(16):
        booked(house, number % 5, 1, made=-number)
    run("occupancy", house, other)
    with django_assert_num_queries(queries):
        result = run(report, house, other)
    for row in (*result.rows, *result.table.totals):
        assert set(row.cells) == {column.key for column in result.table.columns}


def test_the_year_of_a_house_is_found_by_its_index(house: Hotel) -> None:
    big = hotel(first=day(0), nights=1)
    for of, number in ((house, 60), (big, 1_500)):
        _many(of, number)
    parameters = {"properties": [house.property.pk], "start": day(0), "end": day(365), **Only().parameters()}
    days_asked = (
        "SELECT * FROM reports_dailystat WHERE property_id = ANY(%(properties)s::bigint[])"
        " AND date >= %(start)s AND date < %(end)s"
    )
    with connection.cursor() as cursor:
        for table in ("bookings_booking", "reports_dailystat"):
            cursor.execute(f"ANALYZE {table}")
        plans = []
        for statement in (_statement(DIMENSIONS["channel"]), days_asked):
            cursor.execute(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    assert "Seq Scan on bookings_booking " not in plans[0]
    assert "booking_property_dates" in plans[0]
    assert "daily_stat_property_date" in plans[1]


def _many(house: Hotel, number: int) -> None:
    """So many bookings of one night over three years, and a row of figures for each."""
    one = booked(house, 0, 1)
    folios = Folio.objects.bulk_create(Folio(property=house.property, currency="EUR") for _ in range(number))
    names = [
        field.name for field in Booking._meta.concrete_fields if not field.generated and not field.primary_key
    ]
    rows = []
    for index, folio in enumerate(folios):
        copied = {name: getattr(one, name) for name in names}
        arrival = day(index * 1_000 // number)
        own = {"reference": uuid4().hex[:12], "folio": folio, "arrival": arrival}
        rows.append(Booking(**{**copied, **own, "departure": arrival + timedelta(days=1)}))
    Booking.objects.bulk_create(rows)
    daily_stats_refresh(property_ids=[house.property.pk])
