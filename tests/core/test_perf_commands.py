"""What an operator asks of queries and indexes."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.observability.indexes import index_report
from core.observability.query_figures import query_figures_reset
from core.observability.shapes import shape_of
from core.observability.tallies import tallies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_figures() -> None:
    tallies.forget()
    assert query_figures_reset()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, no_color=True)
    return out.getvalue()


def counted(sql: str, *milliseconds: float) -> None:
    for duration in milliseconds:
        tallies.query(shape_of(sql), duration / 1000, slow=duration >= 100, critical=duration >= 500)


def test_queries_are_shown_by_what_they_took() -> None:
    counted("SELECT often FROM t WHERE name = 'secret'", *[1.0] * 30)
    counted("SELECT slow FROM t", 120, 700)
    tallies.repeated(shape_of("SELECT slow FROM t"), "bookings/views/lists.py:41 get")

    text = run("perf_queries", "--limit", "2")
    figures = json.loads(run("perf_queries", "--json", "--order", "count"))

    lines = text.splitlines()
    assert lines[2].split()[:1] == ["2"]
    assert lines[2].endswith("SELECT slow FROM t")
    assert "N+1 in 1 requests, from bookings/views/lists.py:41 get" in text
    assert "secret" not in text
    assert "pg_stat_statements is not installed" in text
    often = figures["shapes"][0]
    assert (often["shape"], often["count"], often["slow"]) == ("SELECT often FROM t WHERE name = ?", 30, 0)
    assert figures["pg_stat_statements"] is None
    assert "not installed" in figures["pg_stat_statements_absent"]


def test_figures_can_be_forgotten() -> None:
    counted("SELECT forgotten FROM t", 5)
    assert "SELECT forgotten" in run("perf_queries")
    assert "forgotten." in run("perf_queries", "--reset")
    assert "SELECT forgotten" not in run("perf_queries")


@pytest.mark.parametrize("arguments", [("--limit", "0"), ("--days", "15")])
def test_wrong_numbers_are_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="--limit is at least 1"):
        run("perf_queries", *arguments)


def test_a_list_of_no_indexes_is_refused() -> None:
    with pytest.raises(CommandError, match="--limit is at least 1"):
        run("perf_indexes", "--limit", "0")


def test_without_a_cache_server_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))
    with pytest.raises(CommandError, match="does not answer"):
        run("perf_queries")


@pytest.fixture
def tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TABLE seen_parent (id int PRIMARY KEY, code int);
            CREATE TABLE seen_child (id int PRIMARY KEY, a int, b int, parent_id int REFERENCES seen_parent,
                                     other_id int REFERENCES seen_parent);
            CREATE INDEX seen_a ON seen_child (a);
            CREATE INDEX seen_a_desc ON seen_child (a DESC);
            CREATE INDEX seen_a_b ON seen_child (a, b);
            CREATE INDEX seen_a_b_again ON seen_child (a, b);
            CREATE INDEX seen_a_some ON seen_child (a) WHERE b > 0;
            CREATE UNIQUE INDEX seen_b_once ON seen_child (b);
            CREATE INDEX seen_b_a ON seen_child (b, a);
            CREATE INDEX seen_other ON seen_child (other_id, a);
            """
        )


@pytest.mark.usefixtures("tables")
def test_indexes_that_another_one_can_stand_in_for() -> None:
    report = index_report()

    duplicates = {row.name: row.covered_by for row in report.duplicates if row.table == "seen_child"}
    assert set(duplicates) == {"seen_a", "seen_a_b_again"}
    assert duplicates["seen_a_b_again"] == "seen_a_b"
    unused = {index.name for index in report.unused if index.table == "seen_child"}
    assert {"seen_a", "seen_a_b", "seen_other"} <= unused
    assert not unused & {"seen_b_once", "seen_child_pkey"}


@pytest.mark.usefixtures("tables")
def test_foreign_keys_without_an_index_are_missing_one() -> None:
    text = run("perf_indexes", "--limit", "3")
    report: dict[str, Any] = json.loads(run("perf_indexes", "--json"))

    missing = [row["columns"] for row in report["missing"] if row["table"] == "seen_child"]
    assert missing == [["parent_id"]]
    assert "foreign key seen_child_parent_id_fkey to seen_parent without an index" in text
