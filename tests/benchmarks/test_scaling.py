"""docs/scaling.md says what is computed, the formulas agree with a simulation, and measuring works."""

from __future__ import annotations

import heapq
import math
import random
import re
import statistics
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from benchmarks.data.build import Build
from benchmarks.data.sizes import Size
from benchmarks.errors import BenchmarkError
from benchmarks.scaling import document, model
from benchmarks.scaling.asking import KINDS
from benchmarks.scaling.costs import costs_read, costs_write
from benchmarks.scaling.measuring import Meter
from benchmarks.scaling.processors import postmaster_id
from benchmarks.scaling.queueing import Station, fullest, most_within, p95, waits, waits_longer
from benchmarks.scaling.sharding import MAIN, Placement, path_to_property, placements
from benchmarks.scaling.tables import table_rates
from bookings.models import Booking, BookingNight
from core.observability.queries import bulk_work
from inventory.models import Property
from tests.benchmarks.test_smoke import _execute, one_connection

__all__ = ["one_connection"]
SIZE = Size("smoke", properties=2, small_city_houses=1, bookings_per_room_type=20)
ROOT = Path(__file__).resolve().parents[2]


def simulated(stations: list[tuple[int, list[float]]], rate: float, *, requests: int = 60_000) -> list[float]:
    """Seconds of each request through stations in a row: Poisson arrivals, services drawn from a list."""
    chance = random.Random(7)
    clock, arrivals = 0.0, []
    for _ in range(requests):
        clock += chance.expovariate(rate)
        arrivals.append((clock, clock))
    for servers, services in stations:
        free = [0.0] * servers
        done = []
        for begun, at in sorted(arrivals, key=lambda pair: pair[1]):
            ready = max(at, heapq.heappop(free))
            ended = ready + (
                chance.choice(services) if len(services) > 1 else chance.expovariate(1 / services[0])
            )
            heapq.heappush(free, ended)
            done.append((begun, ended))
        arrivals = done
    return [ended - begun for begun, ended in arrivals[requests // 10 :]]


def test_erlang_c_is_that_of_the_tables() -> None:
    assert waits(1, 0.5) == pytest.approx(0.5)
    assert waits(2, 1.0) == pytest.approx(1 / 3)
    assert waits(10, 8.0) == pytest.approx(0.409, abs=0.001)
    assert waits(500, 490.0) < 1
    assert waits(4, 4.0) == 1.0
    assert waits_longer(Station("one", 1, 0.1), 5, 0.2) == pytest.approx(0.5 * math.exp(-1))


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 0.7), (8, 0.9)])
def test_mean_and_percentile_are_those_of_a_simulation(servers: int, load: float) -> None:
    station = Station("web", servers, 0.02)
    rate = station.most * load
    seconds = simulated([(servers, [0.02])], rate)

    assert station.mean_and_variance(rate)[0] == pytest.approx(statistics.fmean(seconds), rel=0.08)
    assert p95([station], rate) == pytest.approx(statistics.quantiles(seconds, n=20)[-1], rel=0.12)


def test_requests_that_differ_wait_as_in_a_simulation() -> None:
    costs = costs_read()
    services = [
        (kind.web_ms + kind.database_ms) / 1000
        for kind in costs.kinds.values()
        for _ in range(round(kind.share * 1000))
    ]
    station = Station("processors", 2, statistics.fmean(services), costs.variation())
    rate = station.most * 0.75
    seconds = simulated([(2, services)], rate)

    assert station.mean_and_variance(rate)[0] == pytest.approx(statistics.fmean(seconds), rel=0.12)
    assert p95([station], rate) == pytest.approx(statistics.quantiles(seconds, n=20)[-1], rel=0.2)


def test_stations_in_a_row_are_those_of_a_simulation() -> None:
    row = [Station("web", 8, 0.02), Station("primary", 2, 0.004)]
    rate = 320
    seconds = simulated([(8, [0.02]), (2, [0.004])], rate)

    assert p95(row, rate) == pytest.approx(statistics.quantiles(seconds, n=20)[-1], rel=0.15)
    assert fullest(row, rate).name == "web"
    most = most_within(row, 0.2)
    assert p95(row, most) <= 0.2 < p95(row, most * 1.02)


def test_the_document_says_what_is_computed() -> None:
    differing = document.parts_differ(costs_read())
    assert differing == [], "run python -m benchmarks.scaling --write"


def test_the_check_finds_a_changed_figure(tmp_path: Path) -> None:
    path = tmp_path / "scaling.md"
    text = document.DOCUMENT.read_text()
    path.write_text(text.replace("| one machine, 4 | ", "| one machine, 4 | 9", 1))

    assert document.parts_differ(costs_read(), path) == ["machines"]
    document.parts_write(costs_read(), path)
    assert path.read_text() == text
    path.write_text(text.replace("<!-- house: begin -->", ""))
    with pytest.raises(BenchmarkError, match="part house"):
        document.parts_differ(costs_read(), path)


def test_costs_are_kept_as_they_were_measured(tmp_path: Path) -> None:
    costs = costs_read()
    costs_write(costs, tmp_path / "costs.json")

    assert costs_read(tmp_path / "costs.json") == costs
    assert sum(kind.share for kind in costs.kinds.values()) == pytest.approx(1)
    assert costs.less_cached(1).database_seconds() > costs.database_seconds()
    with pytest.raises(BenchmarkError, match="--measure"):
        costs_read(tmp_path / "none.json")


def test_more_machines_never_serve_less() -> None:
    costs = costs_read()
    rates = [model.served(layout, costs).requests_second for layout in model.LAYOUTS]
    assert rates == sorted(rates)
    assert model.index_levels(2_500_000, 24) == 3
    assert model.grown(costs, 2e6).gigabytes == pytest.approx(2 * model.grown(costs, 1e6).gigabytes)


@pytest.mark.django_db
def test_an_index_is_as_deep_as_is_computed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE deep AS SELECT generate_series(1, 100000)::bigint AS id, 1 AS one"
        )
        cursor.execute("ALTER TABLE deep ADD PRIMARY KEY (id)")
        cursor.execute("ANALYZE deep")
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT pg_relation_size('deep_pkey')::float / 100000")
        entry_bytes = cursor.fetchone()[0]
        for _ in range(2):  # the first one also reads what is not in memory yet
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) SELECT one FROM deep WHERE id = 77777")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    found = re.search(r"Buffers:.* local hit=(\d+)", plan)
    assert found, plan

    assert int(found[1]) - len(["the row's own page"]) == model.index_levels(100_000, entry_bytes)


def test_what_the_document_says_of_shards_is_what_the_models_say() -> None:
    found = {placement.table: placement for placement in placements()}

    assert set(MAIN) <= found.keys()
    assert found["inventory_property"].has_column
    assert path_to_property(BookingNight) == ("booking", "property")
    assert path_to_property(Property) == ("id",)
    assert found["bookings_bookingnight"] == Placement(
        "bookings_bookingnight",
        has_column=False,
        path=("booking", "property"),
        keys=("id", "booking_night_once"),
        references=("booking_id",),
    )
    assert "reference" in found["bookings_booking"].keys
    assert not found["accounts_user"].path
    assert not found["inventory_amenity"].path


def test_settings_and_figures_that_the_document_names_are_there() -> None:
    prose = (ROOT / "docs" / "scaling.md").read_text()
    settings = set(re.findall(r"`([A-Z][A-Z]+_[A-Z_]+)(?:=\w+)?`", prose))
    figures = set(re.findall(r"`(vacancy_\w+)", prose))
    sources = "".join(path.read_text() for path in (ROOT / "config" / "settings").glob("*.py"))
    observed = "".join(path.read_text() for path in ROOT.glob("[a-z]*/**/*.py") if "tests" not in path.parts)

    assert len(settings) > 8
    assert [name for name in sorted(settings) if name not in sources] == []
    assert [
        name
        for name in sorted(figures)
        if name not in observed and name.removeprefix("vacancy_") not in observed
    ] == []


@pytest.mark.slow
@pytest.mark.performance
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("one_connection")
def test_every_kind_is_measured(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    try:
        postmaster_id()
    except BenchmarkError as error:
        pytest.skip(str(error))
    settings.ROOT_URLCONF = "benchmarks.urls"
    monkeypatch.setattr("benchmarks.data.build._execute", _execute)
    with transaction.atomic(), connection.cursor() as cursor, bulk_work():
        cursor.execute("SET LOCAL session_replication_role = replica")
        for _title, steps in Build(SIZE).stages():
            for step in steps:
                step()
    before = Booking.objects.count()

    with bulk_work():
        meter = Meter(SIZE, rounds=4)
        kinds = meter.kinds()
        effect = meter.effects()
        rates = table_rates(rows=2000)

    assert kinds.keys() == {kind.key for kind in KINDS}
    assert all(kind.web_ms > 0 for kind in kinds.values())
    assert kinds["hold"].database_ms > 0
    assert kinds["pay"].effects > 0
    assert effect > (0, 0)
    assert len(meter.locks) == 4
    assert min(meter.locks) > 0
    assert meter.growth[1] > 0
    assert rates.copy_megabytes_second > 0
    assert rates.vacuum_megabytes_second > 0
    assert Booking.objects.filter(created_at__gte=F("created_at")).count() > before
