"""The check of budgets: what it measures, what it says, and that it changes nothing."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from bookings.models import Booking
from core.models import ScheduledJob
from core.observability import floor, probes
from core.observability.probes import Budget, Probe, probe_measure
from core.observability.queries import queries_counted
from tests.factories.accounts import UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)

SLOW_MACHINE = 1_000.0


def measure(run: Any, *, queries: int = 1, milliseconds: float = 60_000) -> Any:
    budget = Budget(milliseconds, queries)
    (found,) = probe_measure(Probe("it", "app.selectors.it", budget, None, lambda: run), rounds=3, factor=1.0)
    return found


def check(folder: Path, *arguments: str) -> tuple[dict[str, Any], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("perf_check", "--json", "--output", str(folder), "--rounds", "2", *arguments, stdout=out)
    except SystemExit as error:
        code = int(error.code or 0)
    return json.loads(out.getvalue()), code


def test_the_main_reads_keep_their_queries(tmp_path: Path) -> None:
    guest = UserFactory.create()
    for _ in range(3):
        held(hotel(rooms=3, nights=30), user=guest)
    before = Booking.objects.count()

    report, code = check(tmp_path, "--factor", str(SLOW_MACHINE))

    assert [(row["name"], row["broken"], row["advice"]) for row in report["measured"] if row["broken"]] == []
    assert report["failed"] == {}
    assert code == 0
    modes = {(row["name"], row["mode"]) for row in report["measured"]}
    assert ("room types of a property", "cached") in modes
    assert ("page: home", "cold") in modes
    assert ("a user's bookings with payments", "cold") in modes
    assert Booking.objects.count() == before
    assert json.loads(Path(report["saved"]).read_text())["ok"] is True


def test_a_broken_budget_is_told_and_fails(tmp_path: Path) -> None:
    hotel(rooms=3, nights=30)

    report, code = check(tmp_path, "--only", "ROOM TYPES", "--factor", "0.0001")

    assert code == 1
    assert all(row["broken"] for row in report["measured"])
    assert "inventory.selectors.room_types_for_property" in str(report["measured"][0]["advice"])
    assert report["ok"] is False


def test_budgets_are_stretched_by_what_the_floor_takes_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "floor_run", lambda: 5 * floor.FLOOR_MS / 1000)
    busy = measure(lambda: time.sleep(0.005), milliseconds=10_000)
    monkeypatch.setattr(probes, "floor_run", lambda: floor.FLOOR_MS / 1000 / 5)
    quick = measure(lambda: time.sleep(0.005), milliseconds=1)

    assert (busy.stretch, busy.budget.milliseconds, busy.broken) == (5.0, 50_000.0, ())
    assert (quick.stretch, quick.budget.milliseconds) == (1.0, 1.0)
    assert "ms instead of 1.0" in quick.broken[0]


def test_the_floor_does_both_kinds_of_work_and_none_of_ours() -> None:
    with queries_counted() as count:
        assert floor.floor_run() > 0

    assert count.queries == floor.QUERIES


def test_pages_that_are_measured_do_not_bury_the_figures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hotel(rooms=3, nights=30)

    with caplog.at_level("INFO"):
        report, _code = check(tmp_path, "--only", "page: home")

    assert report["measured"]
    assert [record for record in caplog.records if "request_finished" in str(record.msg)] == []


def test_too_many_queries_name_the_line() -> None:
    def run() -> None:
        for number in range(8):
            ScheduledJob.objects.filter(name=f"secret-{number}").exists()

    found = measure(run, queries=1)

    assert found.queries == 8
    assert found.broken == ("8 queries instead of 1",)
    assert found.advice[0].startswith("tests/core/test_perf_check.py:")
    assert "secret" not in str(found)


def test_a_table_that_is_read_whole_is_named_with_its_columns() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE seen_large AS SELECT n AS id, n % 7 AS kind FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE seen_large")
    try:

        def run() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM seen_large WHERE kind = %s AND id < %s", [471_147_114, 5000])

        found = measure(run, milliseconds=0.001)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE seen_large")

    assert "app.selectors.it" in found.advice[0]
    assert "it reads seen_large whole: an index on (kind, id)" in found.advice[0].replace(
        "(id, kind)", "(kind, id)"
    )
    assert "471147114" not in str(found)


def test_the_queries_of_a_request_count_for_its_measurement() -> None:
    def run() -> None:
        ScheduledJob.objects.filter(name="before").exists()
        with queries_counted():  # as the middleware does for each request
            for number in range(8):
                ScheduledJob.objects.filter(name=f"within-{number}").exists()

    found = measure(run, queries=1)

    assert found.queries == 9
    assert found.advice[0].startswith("tests/core/test_perf_check.py:")


def test_nothing_can_be_written() -> None:
    with pytest.raises(Exception, match="read-only"):
        measure(lambda: ScheduledJob.objects.create(name="written"))

    assert not ScheduledJob.objects.filter(name="written").exists()


def test_wrong_arguments_are_refused(tmp_path: Path) -> None:
    for arguments in (("--rounds", "0"), ("--factor", "0"), ("--only", "nonsense")):
        with pytest.raises(CommandError):
            call_command("perf_check", *arguments)
    assert probes.probes_all()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be kept"):
        call_command("perf_check", "--only", "reviews", "--output", str(tmp_path / "file" / "x"))
