"""The data can be made with the schema of today, and every operation answers in every way that is measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from benchmarks.data.build import Build
from benchmarks.data.sizes import Size
from benchmarks.measuring import Measure
from benchmarks.report import OPERATIONS
from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.selectors.reviews import rating_differences
from core.observability.queries import bulk_work
from reports.selectors.daily import daily_stats_count

SIZE = Size("smoke", properties=2, small_city_houses=1, bookings_per_room_type=20)
NOT_IN_A_TRANSACTION = ("VACUUM", "CHECKPOINT")


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Whole requests in the test's transaction: what ends with a request must not be its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.performance
@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_every_operation_is_measured_on_data_that_add_up(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "benchmarks.urls"
    monkeypatch.setattr("benchmarks.data.build._execute", _execute)
    monkeypatch.setattr("benchmarks.measuring.NO_INDEX_ROUNDS", 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    build = Build(SIZE)
    for _title, steps in build.stages():
        for step in steps:
            with bulk_work():
                step()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert Booking.objects.count() == SIZE.bookings
    assert inventory_differences() == []
    assert rating_differences() == []
    assert daily_stats_count() > SIZE.bookings
    assert build.indexes

    with bulk_work():
        found = Measure(SIZE, rounds=1, warm_up=0).all()

    assert found.keys() == {"empty", "empty_api", "observing", "commit", *(key for key, *_rest in OPERATIONS)}
    for key, *_rest in OPERATIONS:
        ways = found[key]
        assert {"no_index", "naive", "sql"} < ways.keys(), key
        assert all(samples.milliseconds and min(samples.milliseconds) > 0 for samples in ways.values()), key
        ours = ways.get("cold") or ways["cached"]
        assert ours.queries is not None
        assert key == "room_types" or (ways["naive"].queries or 0) > 0
    assert not Booking.objects.filter(status="held").exists()
    assert inventory_differences() == []


def _execute(statement: str) -> None:
    """What a transaction allows; the rest makes nothing but speed."""
    if not statement.startswith(NOT_IN_A_TRANSACTION):
        with connection.cursor() as cursor:
            cursor.execute(statement)
