import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from core.api.throttling import RateLimit, client_address, rate_limit_hit, rate_parse
from core.cache import client as cache_client
from core.cache.client import CacheServer, cache_server
from core.cache.stats import stats

pytestmark = [pytest.mark.urls("tests.core.urls")]


@pytest.fixture
def rates(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": {"client": "5/min", "sensitive": "3/min"}
    }


@pytest.fixture
def hundred(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"sensitive": "20/hour"}}


@pytest.mark.usefixtures("hundred")
def test_of_a_hundred_at_once_exactly_twenty_pass() -> None:
    start = threading.Barrier(100)
    used: list[RateLimit | None] = []

    def hit() -> None:
        start.wait()
        used.append(rate_limit_hit("sensitive", "address:192.0.2.1"))

    threads = [threading.Thread(target=hit) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    limits = [limit for limit in used if limit is not None]
    assert len(limits) == 100
    assert sorted(limit.used for limit in limits) == list(range(1, 101))
    assert Counter(limit.is_exceeded for limit in limits) == {True: 80, False: 20}


@pytest.mark.usefixtures("rates")
def test_every_response_says_where_the_client_stands(api: APIClient) -> None:
    started = time.monotonic()
    responses = [api.get("/api/v1/numbers") for _ in range(6)]
    took = time.monotonic() - started

    assert [response.status_code for response in responses] == [200] * 5 + [429]
    assert [response["X-RateLimit-Remaining"] for response in responses] == ["4", "3", "2", "1", "0", "0"]
    assert {response["X-RateLimit-Limit"] for response in responses} == {"5"}
    refused = responses[-1]
    assert 59 - took <= int(refused["Retry-After"]) <= 60
    assert refused["X-RateLimit-Reset"] == refused["Retry-After"]
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert "Retry-After" not in responses[0]


@pytest.mark.usefixtures("rates")
def test_what_is_sensitive_is_limited_more_tightly(api: APIClient) -> None:
    responses = [api.get("/api/v1/sensitive") for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert [response["X-RateLimit-Limit"] for response in responses] == ["3"] * 4
    assert api.get("/api/v1/numbers")["X-RateLimit-Remaining"] == "0"


@pytest.mark.usefixtures("rates")
def test_users_and_addresses_are_counted_apart(api: APIClient, django_user_model: Any) -> None:
    for _ in range(3):
        api.get("/api/v1/sensitive")
    assert api.get("/api/v1/sensitive").status_code == 429

    assert api.get("/api/v1/sensitive", REMOTE_ADDR="192.0.2.9").status_code == 200
    api.force_authenticate(django_user_model(pk=7))
    assert api.get("/api/v1/sensitive").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("rates")
def test_refusals_before_the_view_are_counted_too(api: APIClient) -> None:
    wrong = {"Authorization": "Token 0123456789"}
    statuses = [api.get("/api/v1/private", headers=wrong).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    assert api.get("/api/v1/nowhere").status_code == 429


@pytest.mark.usefixtures("rates")
def test_a_window_begins_anew(api: APIClient) -> None:
    for _ in range(6):
        api.get("/api/v1/numbers")
    for key in cache_server().redis.keys("*rate*"):
        cache_server().redis.pexpire(key, 1)
    time.sleep(0.05)

    response = api.get("/api/v1/numbers")

    assert (response.status_code, response["X-RateLimit-Remaining"]) == (200, "4")


@pytest.mark.usefixtures("rates")
def test_without_the_cache_server_requests_pass_and_are_counted(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    responses = [api.get("/api/v1/numbers") for _ in range(10)]

    assert {response.status_code for response in responses} == {200}
    assert "X-RateLimit-Limit" not in responses[0]
    assert stats.snapshot()["throttle"] == {"errors": 10}


@pytest.mark.usefixtures("rates")
def test_a_page_beyond_its_limit_is_a_page(client: Client, settings: Any) -> None:
    loader = ("django.template.loaders.locmem.Loader", {"429.html": "wait {{ retry_after }} s"})
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
    ]

    started = time.monotonic()
    pages = [client.post("/look-up") for _ in range(4)]
    took = time.monotonic() - started

    assert [page.status_code for page in pages] == [200, 200, 200, 429]
    assert pages[0]["X-RateLimit-Remaining"] == "2"
    assert 59 - took <= int(pages[3]["Retry-After"]) <= 60
    assert pages[3].content.decode() == f"wait {pages[3]['Retry-After']} s"
    assert client.get("/look-up").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "", "192.0.2.1"),
    ],
)
def test_an_address_cannot_be_made_up(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address


def test_no_address_stands_in_the_cache() -> None:
    rate_limit_hit("sensitive", "address:192.0.2.1")

    assert not [key for key in cache_server().redis.keys("*") if b"192.0.2.1" in key]


def test_rates_are_read_and_nonsense_is_refused() -> None:
    assert rate_parse("20/min") == (20, 60)
    assert rate_parse("3/s") == (3, 1)
    with pytest.raises(ValueError, match="a rate is like"):
        rate_parse("20")
