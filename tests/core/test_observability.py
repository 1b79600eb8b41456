import io
import json
import logging
import logging.config
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client

from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.observability import health, queries
from core.observability.logging import logging_config
from core.observability.masking import mask_text
from core.observability.queries import queries_counted
from core.observability.shapes import sql_shape

pytestmark = [pytest.mark.urls("tests.core.urls")]


# --- request ids --------------------------------------------------------------------------------------------------


def test_a_proper_request_id_is_kept(client: Client) -> None:
    assert (
        client.get("/plain", headers={"X-Request-ID": "load-test.0042"})["X-Request-ID"] == "load-test.0042"
    )


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "two words here", 'quote"quote"', "line\nbreak-line"]
)
def test_any_other_is_replaced(client: Client, given: str) -> None:
    request_id = client.get("/plain", headers={"X-Request-ID": given})["X-Request-ID"]

    assert len(request_id) == 32
    assert int(request_id, 16)


def test_requests_do_not_share_ids(client: Client) -> None:
    assert len({client.get("/plain")["X-Request-ID"] for _ in range(20)}) == 20


def test_the_id_stands_in_every_log_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/plain", headers={"X-Request-ID": "load-test.0042"})

    finished = [record.msg for record in caplog.records if record.msg["event"] == "request_finished"]
    assert [line["request_id"] for line in finished] == ["load-test.0042"]
    assert structlog.contextvars.get_contextvars() == {}


# --- what logs do not say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to ada.lovelace+x@example.co.uk failed", "mail to [masked] failed"),
        ("Authorization: Token 0123456789abcdef", "Authorization: Token [masked]"),
        ("GET /look-up?email=a%40b.c&page=2", "GET /look-up?email=[masked]&page=2"),
        ("GET /b/K7XM3PQR?token=abc&x=1", "GET /b/K7XM3PQR?token=[masked]&x=1"),
        ("GET /s/Zm9vYmFyYmF6cXV4cXV1eGNvcmdl/pay", "GET /s/[masked]/pay"),
        ("GET /en/properties/grand-hotel-berlin", "GET /en/properties/grand-hotel-berlin"),
        ("3 nights @ 20 EUR", "3 nights @ 20 EUR"),
    ],
)
def test_texts_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def log_lines(*, json_lines: bool, write: Any) -> str:
    config = logging_config(json=json_lines)
    stream = io.StringIO()
    config["handlers"]["stderr"]["stream"] = stream
    before = (logging.root.handlers[:], logging.root.level)
    try:
        logging.config.dictConfig(config)
        write()
    finally:
        logging.root.handlers[:], logging.root.level = before
    return stream.getvalue()


def test_production_logs_json_without_personal_data() -> None:
    def write() -> None:
        structlog.get_logger("bookings").info(
            "guest_added",
            email="ada@example.com",
            guest={"phone": "+49123", "nights": 2},
            note="for ada@example.com",
        )
        logging.getLogger("library").warning("cannot reach %s", "ada@example.com")
        try:
            raise ValueError("no mailbox ada@example.com")
        except ValueError:
            structlog.get_logger("bookings").exception("mail_failed")

    text = log_lines(json_lines=True, write=write)

    first, second, third = (json.loads(line) for line in text.splitlines())
    assert "ada@" not in text
    assert (first["event"], first["level"], first["logger"]) == ("guest_added", "info", "bookings")
    assert (first["email"], first["guest"]) == ("[masked]", {"phone": "[masked]", "nights": 2})
    assert first["note"] == "for [masked]"
    assert (second["event"], second["level"]) == ("cannot reach [masked]", "warning")
    assert "ValueError: no mailbox [masked]" in third["exception"]


def test_development_logs_are_readable_and_masked_as_well() -> None:
    text = log_lines(
        json_lines=False,
        write=lambda: structlog.get_logger("bookings").info("guest_added", email="ada@example.com"),
    )

    assert "guest_added" in text
    assert "ada@" not in text


# --- queries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("SELECT 1", "SELECT ?"),
        (
            "SELECT * FROM booking WHERE id IN (1, 2, 3) AND name = 'O''Hara' AND total > -1.50",
            "SELECT * FROM booking WHERE id IN (…) AND name = ? AND total > ?",
        ),
        (
            "SELECT x1.a2 FROM t3 x1 WHERE b = %s AND c IN (%s, %s)",
            "SELECT x1.a2 FROM t3 x1 WHERE b = ? AND c IN (…)",
        ),
        ("INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s)", "INSERT INTO t (a, b) VALUES (…), …"),
        ("SELECT 1 /* secret */ -- secret\n  FROM  t", "SELECT ? FROM t"),
        (r"SELECT E'a\'b', $q$ secret $q$, 1e5", "SELECT ?, ?, ?"),
        ('RELEASE SAVEPOINT "s1402_x7"', "RELEASE SAVEPOINT"),
        ("INSERT INTO t (a) SELECT 'SAVEPOINT x'", "INSERT INTO t (a) SELECT ?"),
    ],
)
def test_a_shape_has_no_values(sql: str, shape: str) -> None:
    assert sql_shape(sql) == shape


@pytest.mark.django_db
def test_slow_queries_are_logged_by_shape(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = 600_000  # however long a busy machine takes for a statement, it is below that

    def thresholds(*, slow: int, critical: int) -> None:
        monkeypatch.setattr(queries, "SLOW_MILLISECONDS", slow)
        monkeypatch.setattr(queries, "CRITICAL_MILLISECONDS", critical)

    with queries_counted() as count, connection.cursor() as cursor, caplog.at_level(logging.WARNING):
        thresholds(slow=never, critical=never)
        cursor.execute("SELECT %s", ["secret"])
        thresholds(slow=200, critical=never)
        cursor.execute("SELECT pg_sleep(0.25), %s", ["secret"])
        thresholds(slow=200, critical=400)
        cursor.execute("SELECT pg_sleep(0.5), 'secret'")

    lines = [record.msg for record in caplog.records if record.msg["event"] == "slow_query"]
    assert [(line["level"], line["sql"], line["query_number"]) for line in lines] == [
        ("warning", "SELECT pg_sleep(?), ?", 2),
        ("critical", "SELECT pg_sleep(?), ?", 3),
    ]
    assert lines[0]["duration_ms"] >= 250
    assert lines[1]["duration_ms"] >= 500
    assert "secret" not in str(lines)
    assert count.queries == 3
    assert count.seconds >= 0.75


def test_the_thresholds_are_those_promised() -> None:
    assert (queries.SLOW_MILLISECONDS, queries.CRITICAL_MILLISECONDS) == (100, 500)


# --- health -------------------------------------------------------------------------------------------------------


def test_it_is_alive_without_anybody_else(client: Client) -> None:
    response = client.get("/livez")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_it_is_ready_once_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "migrations_pending_names", lambda: ["core.9999_later"])
    waiting = client.get("/readyz")
    monkeypatch.setattr(health, "migrations_pending_names", list)
    ready = client.get("/readyz")

    assert (waiting.status_code, waiting.json()["migrated"], waiting.json()["status"]) == (
        503,
        False,
        "migrating",
    )
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "database": True, "migrated": True, "cache": True},
    )


@pytest.mark.django_db
def test_without_a_database_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "database_reachable", lambda: None)

    assert client.get("/livez").status_code == 200
    for path in ("/readyz", "/api/health", "/api/db/health"):
        response = client.get(path)
        assert (response.status_code, response.json()["status"]) == (503, "unavailable")


@pytest.mark.django_db
def test_without_the_cache_server_it_is_degraded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = client.get("/api/health").json()
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))
    degraded = client.get("/api/health")

    assert (healthy["status"], healthy["cache"]["reachable"]) == ("ok", True)
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert degraded.json()["cache"] == {"reachable": False, "errors": 1}


@pytest.mark.django_db
def test_the_database_says_how_it_is(client: Client) -> None:
    document = client.get("/api/db/health").json()

    assert document["status"] == "ok"
    assert document["version"].split(".")[0].isdigit()
    assert 0 < document["latency_ms"] < 1_000
    assert document["migrations_applied"] > 10
    assert document["migrations_pending"] == []


def test_a_connection_made_inside_another_wrapper_keeps_ours_and_loses_that_one() -> None:
    from types import SimpleNamespace

    from core.observability.queries import _install, query_observe

    def other(execute, sql, params, many, context):
        return execute(sql, params, many, context)

    connection = SimpleNamespace(execute_wrappers=[other])
    _install(connection=connection)
    connection.execute_wrappers.pop()
    assert connection.execute_wrappers == [query_observe]
