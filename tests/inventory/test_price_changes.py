"""Every change of a nightly rate is kept, whoever makes it, and the history can only grow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.bulk import ids_reserve, rows_copy
from inventory.models import PriceChange, Rate
from inventory.services import inventory_extend, rate_set
from tests.clock import clock_at
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 1)
then = clock_at(datetime(2027, 2, 1, 12, tzinfo=UTC))


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=40)


def changes(house: Hotel) -> list[tuple[int, int, Decimal | None, Decimal | None]]:
    """First day (from FIRST), number of nights, price before and after, oldest first."""
    rows = PriceChange.objects.filter(room_type=house.room_type).order_by("id")
    return [
        ((row.nights[0] - FIRST).days, len(row.nights), row.price_before, row.price_after) for row in rows
    ]


BUILT = [(0, 31, None, Decimal("100.000")), (31, 9, None, Decimal("100.000"))]
"""Forty nights of March and April that got the same price at once: a row for each month."""


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_first_prices_are_changes_from_nothing_and_share_rows(house: Hotel) -> None:
    assert changes(house) == BUILT
    first = PriceChange.objects.order_by("id").first()
    assert first is not None
    assert (first.rate_plan_id, first.currency, first.stay_month) == (house.plan.pk, "EUR", FIRST)
    assert first.nights == [FIRST + timedelta(days=offset) for offset in range(31)]


def test_price_set_by_hand_is_one_change(house: Hotel) -> None:
    rate_set(rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=FIRST, price=Decimal("80.50"))

    assert changes(house)[2:] == [(0, 1, Decimal("100.000"), Decimal("80.500"))]


def test_bulk_update_is_recorded_by_price_and_month(house: Hotel) -> None:
    Rate.objects.filter(date__lt=FIRST + timedelta(days=2)).update(price=90)
    Rate.objects.filter(room_type=house.room_type).update(price=120)

    assert changes(house)[2:3] == [(0, 2, Decimal("100.000"), Decimal("90.000"))]
    assert sorted(changes(house)[3:]) == [
        (0, 2, Decimal("90.000"), Decimal("120.000")),
        (2, 29, Decimal("100.000"), Decimal("120.000")),
        (31, 9, Decimal("100.000"), Decimal("120.000")),
    ]


def test_raw_sql_is_recorded(house: Hotel) -> None:
    sql("UPDATE inventory_rate SET price = price * 2 WHERE date = %s", FIRST)
    sql("DELETE FROM inventory_rate WHERE date = %s", FIRST)

    assert changes(house)[2:] == [
        (0, 1, Decimal("100.000"), Decimal("200.000")),
        (0, 1, Decimal("200.000"), None),
    ]


def test_copy_is_recorded(house: Hotel) -> None:
    nights = [FIRST + timedelta(days=offset) for offset in (60, 61)]
    columns = ("id", "rate_plan_id", "room_type_id", "date", "price", "is_override")
    ids = ids_reserve(Rate, 2)
    rows_copy(
        Rate,
        columns,
        [
            (key, house.plan.pk, house.room_type.pk, night, 70, False)
            for key, night in zip(ids, nights, strict=True)
        ],
    )

    assert changes(house)[2:] == [(60, 1, None, Decimal("70.000")), (61, 1, None, Decimal("70.000"))]


def test_upsert_records_what_it_adds_and_what_it_changes(house: Hotel) -> None:
    rows = [
        Rate(rate_plan=house.plan, room_type=house.room_type, date=FIRST + timedelta(days=offset), price=95)
        for offset in (39, 40)
    ]
    Rate.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["room_type", "rate_plan", "date"],
        update_fields=["price"],
    )

    assert sorted(changes(house)[2:], key=str) == [
        (39, 1, Decimal("100.000"), Decimal("95.000")),
        (40, 1, None, Decimal("95.000")),
    ]


def test_rate_that_moves_to_another_night_leaves_one_and_prices_the_other(house: Hotel) -> None:
    sql("UPDATE inventory_rate SET date = %s WHERE date = %s", FIRST + timedelta(days=50), FIRST)

    assert sorted(changes(house)[2:], key=str) == [
        (0, 1, Decimal("100.000"), None),
        (50, 1, None, Decimal("100.000")),
    ]


def test_what_changes_no_price_is_not_recorded(house: Hotel) -> None:
    Rate.objects.update(is_override=True)
    Rate.objects.update(price=100)
    inventory_extend(property_id=house.property.pk, days_ahead=1)

    assert changes(house) == BUILT


def test_truncate_is_recorded(house: Hotel) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # the test's own transaction has written rates
    sql("TRUNCATE inventory_rate")

    assert sorted(changes(house)[2:]) == [
        (0, 31, Decimal("100.000"), None),
        (31, 9, Decimal("100.000"), None),
    ]


def test_write_that_is_rolled_back_leaves_no_history(house: Hotel) -> None:
    with transaction.atomic():
        Rate.objects.update(price=1)
        transaction.set_rollback(True)

    assert changes(house) == BUILT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_pricechange SET price_after = 1",
        "DELETE FROM inventory_pricechange",
        "TRUNCATE inventory_pricechange",
        "UPDATE {partition} SET price_after = 1",
        "DELETE FROM {partition}",
        "TRUNCATE {partition}",
    ],
)
def test_database_refuses_to_change_history(house: Hotel, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM inventory_pricechange LIMIT 1")
        partition = cursor.fetchone()[0]

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement.format(partition=partition))

    assert partition.startswith("inventory_pricechange_y")
    assert changes(house) == BUILT


def test_deleted_plan_keeps_its_history(house: Hotel) -> None:
    key = house.plan.pk
    house.plan.delete()

    rows = PriceChange.objects.filter(rate_plan_id=key).order_by("id")
    assert [row.price_after for row in rows[:2]] == [Decimal(100), Decimal(100)]
    assert [(row.price_before, row.price_after, row.currency) for row in rows[2:]] == [
        (Decimal(100), None, "EUR"),
        (Decimal(100), None, "EUR"),
    ]
