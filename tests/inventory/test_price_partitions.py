"""The months of the price history: made ahead, over the end of a year, twice at once, and dropped when old."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from structlog.testing import capture_logs

from core.exceptions import ValidationFailed
from core.models import ScheduledJob
from inventory.models import PriceChange
from inventory.selectors.prices import CHANGES_MAX, CHANGES_SQL
from inventory.services import price_partitions_drop, price_partitions_ensure
from inventory.services.price_partitions import price_partitions
from tests.factories.inventory import Hotel, hotel

AT = datetime(2031, 11, 30, 23, 30, tzinfo=UTC)


def changed(house: Hotel, at: datetime) -> PriceChange:
    return PriceChange.objects.create(
        changed_at=at,
        room_type=house.room_type,
        rate_plan=house.plan,
        stay_month=date(2032, 5, 1),
        nights=[date(2032, 5, 1)],
        currency="EUR",
        price_before=Decimal(100),
        price_after=Decimal(90),
    )


def partition_of(row: PriceChange) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM inventory_pricechange WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_new_database_has_this_month_and_three_more() -> None:
    assert price_partitions_ensure().made == []
    assert len(price_partitions()) >= 4


@pytest.mark.django_db
def test_months_are_made_over_the_end_of_a_year_and_once() -> None:
    report = price_partitions_ensure(at=AT)

    assert report.made == [date(2031, 11, 1), date(2031, 12, 1), date(2032, 1, 1), date(2032, 2, 1)]
    assert report.caught == 0
    assert price_partitions_ensure(at=AT).made == []


@pytest.mark.django_db
def test_changes_stand_in_their_month_by_utc() -> None:
    price_partitions_ensure(at=AT)
    house = hotel(nights=1)

    last = changed(house, datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    first = changed(house, datetime(2032, 1, 1, tzinfo=UTC))

    assert partition_of(last) == "inventory_pricechange_y2031m12"
    assert partition_of(first) == "inventory_pricechange_y2032m01"


@pytest.mark.django_db
def test_change_without_its_month_is_caught_told_and_put_in_its_place() -> None:
    row = changed(hotel(nights=1), datetime(2033, 7, 14, tzinfo=UTC))
    assert partition_of(row) == "inventory_pricechange_default"

    with capture_logs() as logs:
        report = price_partitions_ensure(at=AT)

    assert (report.caught, report.made[-1]) == (1, date(2033, 7, 1))
    assert partition_of(row) == "inventory_pricechange_y2033m07"
    assert [(entry["event"], entry["rows"], entry["log_level"]) for entry in logs if "rows" in entry] == [
        ("price_history_partition_was_missing", 1, "error")
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inventory_pricechange_default")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["inventory_pricechange_y2033m07", "inventory_pricechange_default"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET price_after = 1"])
def test_made_months_and_the_default_are_append_only_too(table: str, statement: str) -> None:
    house = hotel(nights=1)
    changed(house, datetime(2033, 7, 14, tzinfo=UTC))
    price_partitions_ensure(at=AT)
    changed(house, datetime(2034, 7, 14, tzinfo=UTC))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


@pytest.mark.django_db
def test_who_asks_for_prices_since_a_day_reads_no_older_month() -> None:
    price_partitions_ensure(at=AT)
    since = {"since": datetime(2031, 12, 5, tzinfo=UTC), "nights": [date(2032, 5, 1)], "limit": CHANGES_MAX}
    stay = {"months": [date(2032, 5, 1)], "arrival": date(2032, 5, 1), "departure": date(2032, 5, 2)}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {CHANGES_SQL}", {"room_type_id": 1, **since, **stay})
        plan = "\n".join(line for (line,) in cursor.fetchall())

    read = set(re.findall(r"on inventory_pricechange_(\w+)", plan))
    months = {name.removeprefix("inventory_pricechange_") for name, _month in price_partitions()}
    assert {"y2031m12", "y2032m01"} <= read
    assert {month for month in months if month < "y2031m12"} & read == set()


@pytest.mark.django_db
def test_old_months_are_dropped_and_their_rows_with_them() -> None:
    price_partitions_ensure(at=AT)
    house = hotel(nights=1)
    old = changed(house, datetime(2031, 11, 30, tzinfo=UTC))
    kept = changed(house, datetime(2031, 12, 1, tzinfo=UTC))
    later = datetime(2032, 6, 15, tzinfo=UTC)

    named = price_partitions_drop(older_than_months=6, dry_run=True, at=later)
    assert named[-1] == "inventory_pricechange_y2031m11"
    assert PriceChange.objects.filter(pk=old.pk).exists()

    assert price_partitions_drop(older_than_months=6, at=later) == named
    assert not PriceChange.objects.filter(pk=old.pk).exists()
    assert PriceChange.objects.filter(pk=kept.pk).exists()
    assert price_partitions()[0][1] == date(2031, 12, 1)


@pytest.mark.django_db
def test_detached_month_stays_as_a_table() -> None:
    price_partitions_ensure(at=AT)
    old = changed(hotel(nights=1), datetime(2031, 11, 30, tzinfo=UTC))

    price_partitions_drop(older_than_months=6, detach=True, at=datetime(2032, 6, 15, tzinfo=UTC))

    assert not PriceChange.objects.filter(pk=old.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM inventory_pricechange_y2031m11")
        assert cursor.fetchall() == [(old.pk,)]


@pytest.mark.django_db
def test_this_month_is_never_dropped() -> None:
    with pytest.raises(ValidationFailed):
        price_partitions_drop(older_than_months=0)


@pytest.mark.django_db
def test_command_makes_months_and_records_the_run() -> None:
    output = StringIO()

    call_command("price_partitions_ensure", "--json", stdout=output)

    assert json.loads(output.getvalue())["result"] == {"made": [], "caught": 0}
    assert ScheduledJob.objects.get(pk="inventory.price_partitions_ensure").last_succeeded_at is not None


@pytest.mark.django_db
def test_command_fails_where_a_month_was_missing() -> None:
    changed(hotel(nights=1), datetime(2033, 7, 14, tzinfo=UTC))
    output = StringIO()

    with pytest.raises(CommandError, match="1 changes came before"):
        call_command("price_partitions_ensure", stdout=output)

    assert output.getvalue() == "Months made: 2033-07-01.\n"


@pytest.mark.django_db
def test_command_names_what_it_would_drop() -> None:
    output = StringIO()

    call_command("price_partitions_drop", "--older-than", "24", "--dry-run", stdout=output)

    assert output.getvalue() == "Would be dropped: nothing.\n"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_each_month_once() -> None:
    def ensure(_number: int) -> list[date]:
        try:
            return price_partitions_ensure(at=AT).made
        finally:
            connections.close_all()

    try:
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(ensure, range(2)))
        assert sorted(made[0] + made[1]) == [
            date(2031, 11, 1),
            date(2031, 12, 1),
            date(2032, 1, 1),
            date(2032, 2, 1),
        ]
    finally:
        with connection.cursor() as cursor:
            for month in ("2031m11", "2031m12", "2032m01", "2032m02"):
                cursor.execute(f"DROP TABLE IF EXISTS inventory_pricechange_y{month}")
