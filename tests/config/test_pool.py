"""Connections to the database: how many there are, what is done about broken ones, and what happens without any."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client

from config.settings.databases import database_config, pool_config, pool_try_again
from core.cache import read
from core.cache.client import cache_server

URL = "postgresql://vacancy:secret@db.example/vacancy"


@contextlib.contextmanager
def pooled(**pool: Any) -> Iterator[DatabaseWrapper]:
    """Let this thread's database go through a pool, as production's does."""
    direct: Any = connections["default"]
    direct.close()
    settings = copy.deepcopy(direct.settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 0, "max_size": 1, "timeout": 0.3} | pool
    wrapper = DatabaseWrapper(settings, "default")
    connections["default"] = wrapper
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()
        connections["default"] = direct


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """What the cache holds needs no connection."""
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def exhausted() -> Iterator[None]:
    """Somebody has the only connection and keeps it."""
    with pooled() as wrapper:
        pool: Any = wrapper.pool
        pool.open()
        with pool.connection(timeout=60):
            yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("exhausted")
def test_without_a_free_connection_people_and_programs_are_asked_to_come_back() -> None:
    client = Client(raise_request_exception=False)

    page = client.get("/search/?destination=Lisbon")
    answer = client.get("/api/v1/properties/")
    client.cookies["sessionid"] = "somebody"
    before_any_view = client.get("/admin/")

    assert [(each.status_code, each["Retry-After"]) for each in (page, answer, before_any_view)] == [
        (503, "5"),
        (503, "5"),
        (503, "5"),
    ]
    assert "Please try again in a minute" in page.text
    assert "Please try again in a minute" in before_any_view.text
    assert answer.json()["code"] == "database_unavailable"


@pytest.mark.django_db(transaction=True)
def test_the_page_comes_once_a_connection_is_free_again() -> None:
    with pooled() as wrapper:
        pool: Any = wrapper.pool
        pool.open()
        with pool.connection(timeout=60):
            assert Client().get("/api/v1/properties/").status_code == 503
        pool.timeout = 60  # a busy machine takes its time to give a connection back
        assert Client().get("/api/v1/properties/").status_code == 200
        assert pool.get_stats()["requests_errors"] >= 1


@pytest.mark.django_db(transaction=True)
def test_a_full_queue_refuses_at_once() -> None:
    with pooled(timeout=30, max_waiting=1) as wrapper:
        pool: Any = wrapper.pool
        pool.open()
        with pool.connection(timeout=60):
            pool._waiting.append(object())  # somebody waits already
            answer = Client(raise_request_exception=False).get("/api/v1/properties/")
            pool._waiting.clear()
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "1", "busy")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_while_it_lay_idle_is_replaced_before_anybody_gets_it() -> None:
    with pooled(timeout=60) as wrapper:
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            ((before,),) = cursor.fetchall()
        wrapper.close()
        settings = wrapper.settings_dict
        names = {"host": settings["HOST"], "port": settings["PORT"], "password": settings["PASSWORD"]}
        address: dict[str, Any] = {name: value for name, value in names.items() if value}
        with psycopg.connect(user=settings["USER"], dbname=settings["NAME"], **address) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            ((after,),) = cursor.fetchall()

    assert after != before


def test_every_limit_of_the_pool_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pool_config() == {
        "min_size": 1,
        "max_size": 10,
        "timeout": 5,
        "max_waiting": 0,
        "max_lifetime": 3600,
        "max_idle": 600,
        "reconnect_timeout": 1.0,
        "reconnect_failed": pool_try_again,
    }
    for name, value in {
        "DB_POOL_MIN": "2",
        "DB_POOL_MAX": "4",
        "DB_POOL_WAIT_SECONDS": "0.5",
        "DB_POOL_WAITING_MAX": "20",
        "DB_POOL_LIFETIME_SECONDS": "900",
        "DB_POOL_IDLE_SECONDS": "60",
    }.items():
        monkeypatch.setenv(name, value)

    assert list(pool_config().values())[:6] == [2, 4, 0.5, 20, 900, 60]
    assert database_config(URL)["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_POOL_MIN", "11"),
        ("DB_POOL_MAX", "0"),
        ("DB_POOL_WAIT_SECONDS", "0"),
        ("DATABASE_POOLER", "odyssey"),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        database_config(URL)


def test_behind_a_pooler_nothing_outlives_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = database_config(URL)
    monkeypatch.setenv("DATABASE_POOLER", "transaction")
    pooled_config = database_config(URL)

    assert "statement_timeout=30s" in direct["OPTIONS"]["options"]
    assert "DISABLE_SERVER_SIDE_CURSORS" not in direct
    assert "options" not in pooled_config["OPTIONS"]
    assert pooled_config["OPTIONS"]["prepare_threshold"] is None
    assert pooled_config["DISABLE_SERVER_SIDE_CURSORS"] is True
