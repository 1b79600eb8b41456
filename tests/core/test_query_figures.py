"""Queries counted by shape, over all processes, and N+1 told with the line that caused it."""

import logging
import math
import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.template import Context, Origin, Template
from django.test import Client

from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.models import ScheduledJob
from core.observability import tallies as tallies_module
from core.observability.histograms import BUCKETS, bucket_middle, bucket_of, quantile
from core.observability.queries import REPEATS_FLAGGED, bulk_work, queries_counted
from core.observability.query_figures import query_figures, query_figures_reset
from core.observability.shapes import shape_of
from core.observability.tallies import Tallies, tallies

pytestmark = [pytest.mark.urls("tests.core.urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def clean_figures() -> None:
    tallies.forget()
    assert query_figures_reset()


def logged(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if getattr(record.msg, "get", dict)("event") == event]


def ask_for_each(times: int) -> None:
    for number in range(times):
        ScheduledJob.objects.filter(name=f"secret-{number}").exists()  # the line


def test_percentiles_from_buckets_are_close() -> None:
    rng = random.Random(7)
    durations = sorted(math.exp(rng.gauss(-6, 1.5)) for _ in range(5_000))
    counts: dict[int, int] = {}
    for seconds in durations:
        counts[bucket_of(seconds)] = counts.get(bucket_of(seconds), 0) + 1

    for share in (0.5, 0.95, 0.99):
        assert quantile(counts, share) == pytest.approx(durations[int(share * 5_000) - 1], rel=0.1)
    assert quantile({}, 0.95) is None
    assert (bucket_of(0), bucket_of(9_999)) == (0, BUCKETS - 1)
    assert bucket_of(bucket_middle(30)) == 30


def test_processes_add_up_what_they_counted() -> None:
    one, other, shape = Tallies(), Tallies(), shape_of("SELECT a FROM t WHERE b = 'secret'")
    for milliseconds in (1, 2, 3, 150):
        one.query(shape, milliseconds / 1000, slow=milliseconds >= 100, critical=False)
    for milliseconds in (4, 600):
        other.query(shape, milliseconds / 1000, slow=milliseconds >= 100, critical=milliseconds >= 500)
    other.repeated(shape, "bookings/views.py:7 get")
    one.count({"r|x": 2})
    other.count({"r|x": 3})
    assert one.flush()
    assert other.flush()
    assert one.flush()  # nothing is told twice

    found = query_figures()
    assert found is not None
    (figures,) = [figures for figures in found if " FROM t " in figures.shape]
    assert figures.shape == "SELECT a FROM t WHERE b = ?"
    assert (figures.count, figures.total_ms, figures.average_ms) == (6, 760.0, 126.667)
    assert (figures.min_ms, figures.max_ms, figures.slow, figures.critical) == (1.0, 600.0, 2, 1)
    assert figures.p95_ms == pytest.approx(600, rel=0.1)
    assert (figures.repeats, figures.line) == (1, "bookings/views.py:7 get")


def test_a_batch_that_was_taken_but_not_answered_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counting, shape = Tallies(), shape_of("SELECT once FROM t")
    counting.query(shape, 0.001, slow=False, critical=False)
    send = Tallies._send

    def send_without_answer(self: Tallies) -> bool:
        sending = self._sending
        send(self)
        self._sending = sending
        return False

    monkeypatch.setattr(Tallies, "_send", send_without_answer)
    assert not counting.flush()
    monkeypatch.setattr(Tallies, "_send", send)
    counting.query(shape, 0.003, slow=False, critical=False)
    assert counting.flush()

    (figures,) = [figures for figures in query_figures() or [] if "once" in figures.shape]
    assert (figures.count, figures.max_ms) == (2, 3.0)


def test_without_a_cache_server_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    counting, shape = Tallies(), shape_of("SELECT kept FROM t")
    counting.query(shape, 0.001, slow=False, critical=False)
    with monkeypatch.context() as patch:
        patch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))
        assert not counting.flush()
        assert query_figures() is None
        counting.query(shape, 0.001, slow=False, critical=False)

    assert counting.flush()
    assert [figures.count for figures in query_figures() or [] if "kept" in figures.shape] == [2]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies_module, "SHAPES_MAX", 5)
    counting = Tallies()
    for number in range(20):
        counting.query(shape_of(f"SELECT c{number} FROM t"), 0.001, slow=False, critical=False)
    assert len(counting._shapes) == 6
    counting.flush()
    later = Tallies()
    later.query(shape_of("SELECT another FROM t"), 0.001, slow=False, critical=False)
    later.flush()

    found = {figures.shape: figures.count for figures in query_figures() or []}
    assert sum(count for shape, count in found.items() if shape.startswith("SELECT c")) == 5
    assert found["(other statements)"] >= 16
    assert "SELECT another FROM t" not in found


def test_migrations_use_up_one_shape_only() -> None:
    for number in range(3):
        tallies.query(
            shape_of(f'CREATE INDEX "i{number}" ON t (c{number})'), 0.001, slow=False, critical=False
        )
    found = {figures.shape: figures.count for figures in query_figures() or []}
    assert found["(changes of the schema)"] == 3
    assert not any(shape.startswith("CREATE") for shape in found)


def test_a_query_for_each_row_is_told_with_the_line_that_caused_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        with queries_counted():
            ask_for_each(REPEATS_FLAGGED - 1)
        assert not logged(caplog, "n_plus_one")
        with queries_counted() as count:
            ask_for_each(20)

    (line,) = logged(caplog, "n_plus_one")
    assert line["times"] == count.queries == 20
    assert "core_scheduledjob" in line["sql"]
    assert "secret" not in str(line)
    where = ask_for_each.__code__.co_firstlineno + 2
    assert line["lines"][0] == f"tests/core/test_query_figures.py:{where} ask_for_each"
    assert line["lines"][1].endswith("test_a_query_for_each_row_is_told_with_the_line_that_caused_it")
    tallies.flush()
    (figures,) = [figures for figures in query_figures() or [] if figures.repeats]
    assert (figures.count, figures.line) == (25, line["lines"][0])


def test_a_template_that_asks_for_each_row_is_named_with_its_line(caplog: pytest.LogCaptureFixture) -> None:
    text = "\n\n{% for job in jobs %}\n{{ job.exists }}{% endfor %}"
    template = Template(text, origin=Origin("/templates/list.html", template_name="list.html"))
    jobs = [ScheduledJob.objects.filter(name=str(number)) for number in range(8)]
    with caplog.at_level(logging.WARNING), queries_counted():
        template.render(Context({"jobs": jobs}))

    (line,) = logged(caplog, "n_plus_one")
    assert line["lines"][0] == "list.html:4"
    assert line["lines"][1].startswith("tests/core/test_query_figures.py:")


def test_bounds_of_transactions_and_bulk_work_are_no_query_for_each_row(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        with queries_counted() as count:
            for _ in range(20):
                with transaction.atomic():
                    pass
        with queries_counted(), bulk_work():
            ask_for_each(20)

    assert count.queries == 40
    assert not logged(caplog, "n_plus_one")


def test_every_line_has_the_request_id(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        client.get("/repeats", headers={"X-Request-ID": "load-test.0042"})

    (line,) = logged(caplog, "n_plus_one")
    assert line["request_id"] == "load-test.0042"
    assert line["lines"][0].startswith("tests/core/urls.py:")


def test_counting_goes_on_when_a_query_fails() -> None:
    with (
        pytest.raises(Exception, match="division by zero"),
        queries_counted() as count,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")
    assert count.queries >= 1
