"""Requests of all processes in Prometheus' figures, and what staff see of their own."""

import re

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from core.cache import client as cache_client
from core.cache.client import CacheServer, cache_server
from core.observability.metrics import metrics_text
from core.observability.tallies import Tallies, counters_key, states_key, tallies

pytestmark = [pytest.mark.urls("tests.core.urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def clean_figures() -> None:
    tallies.forget()
    cache_server().redis.delete(counters_key(), states_key())


def samples(name: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics_text().decode())
    return {
        tuple(value for _name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_requests_are_counted_by_route_and_class_of_status(client: Client) -> None:
    client.raise_request_exception = False
    for _ in range(3):
        client.get("/plain?token=secret")
    client.get("/repeats")
    client.get("/api/v1/broken")
    client.get("/api/v1/errors/missing")
    client.get("/api/secret-path-of-a-stranger")

    found = samples("vacancy_request_duration_seconds_count")
    assert found == {
        ("plain", "2xx"): 3,
        ("repeats", "2xx"): 1,
        ("api/v1/broken", "5xx"): 1,
        ("api/v1/errors/<str:name>", "4xx"): 1,
        ("(none)", "4xx"): 1,
    }
    queries = samples("vacancy_request_queries_bucket")
    assert queries["5.0", "repeats", "2xx"] == 0
    assert queries["10.0", "repeats", "2xx"] == 1
    assert queries["+Inf", "repeats", "2xx"] == 1
    assert samples("vacancy_request_queries_sum")["repeats", "2xx"] == 10
    assert 0 < samples("vacancy_request_duration_seconds_sum")["plain", "2xx"] < 10
    assert "secret" not in metrics_text().decode()


def test_every_process_tells_what_all_have_counted(client: Client) -> None:
    client.get("/plain")
    other = Tallies()
    other.count({"r|2xx|plain|0": 41, "r|2xx|plain|us": 41_000, "p|requests_num": 7})
    other.flush()

    assert samples("vacancy_request_duration_seconds_count")["plain", "2xx"] == 42
    assert samples("vacancy_db_pool_requests_total") == {(): 7}


def test_pools_of_processes_that_are_gone_are_not_counted() -> None:
    pool = '{"pool_size": 4, "pool_available": 3, "requests_waiting": 1, "pool_max": 10}'
    redis = cache_server().redis
    redis.hset(states_key(), "host:1", f'{{"at": 9999999999, "pool": {pool}}}')
    redis.hset(states_key(), "host:2", f'{{"at": 9999999999, "pool": {pool}}}')
    redis.hset(states_key(), "host:3", f'{{"at": 1, "pool": {pool}}}')

    assert samples("vacancy_db_pool_connections") == {
        ("open",): 8,
        ("idle",): 6,
        ("waiting",): 2,
        ("most",): 20,
    }
    assert not redis.hexists(states_key(), "host:3")


def test_without_a_cache_server_the_other_figures_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    text = metrics_text().decode()
    assert "vacancy_outbox_effects" in text
    assert "vacancy_request_duration_seconds" not in text


def test_staff_see_what_a_page_cost_and_guests_do_not(client: Client) -> None:
    guest = User.objects.create_user("guest@example.com", "pass-word-42", full_name="Guest")
    staff = User.objects.create_user("staff@example.com", "pass-word-42", full_name="Staff", is_staff=True)

    assert "Server-Timing" not in client.get("/repeats")
    client.force_login(guest)
    assert "Server-Timing" not in client.get("/repeats")
    client.force_login(staff)
    client.get("/repeats")
    timing = client.get("/repeats")["Server-Timing"]
    assert re.fullmatch(r'db;dur=\d+\.\d;desc="12 queries", total;dur=\d+\.\d', timing)


def test_the_cache_servers_memory_is_told() -> None:
    cache_server().redis.set("test-of-metrics", "x", ex=60)

    assert samples("vacancy_cache_server_keys")[()] >= 1
    assert samples("vacancy_cache_server_bytes")[()] > 100_000
    assert samples("vacancy_cache_server_evictions_total")[()] >= 0
