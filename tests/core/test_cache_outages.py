"""The cache when its server is slow, paused or away."""

import socket
import time

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from core.cache import client as cache_client
from core.cache import generations
from core.cache.client import FAILURES_BEFORE_SKIPPING, SKIP_SECONDS, CacheServer, cache_server
from core.cache.generations import bump
from core.cache.keys import (
    CATALOGUE,
)
from core.cache.read import get_or_compute
from core.cache.stats import stats
from tests.core.cached import Source

DEAD_URL = "unix:///nonexistent/valkey.sock"


@pytest.mark.django_db
def test_without_the_server_values_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_client, "_server", CacheServer(DEAD_URL))
    source = Source()

    assert [get_or_compute(CATALOGUE, 1, "rooms", source) for _ in range(5)] == ["old"] * 5
    assert source.reads == 5
    counts = stats.snapshot()
    assert counts["server"]["errors"] == FAILURES_BEFORE_SKIPPING
    assert counts["server"]["skipped"] > 0
    assert counts["catalogue"] == {"misses": 5, "errors": 5}


def test_after_three_failures_the_server_is_left_alone_for_ten_seconds() -> None:
    now = 100.0
    server = CacheServer(DEAD_URL, clock=lambda: now)
    asked: list[float] = []

    def ask(redis: Redis) -> str:
        asked.append(now)
        redis.ping()
        return "answer"

    trace: list[tuple[float, bool]] = []
    for second in (0, 1, 2, 3, 11.9, 12.1, 13, 22.0, 22.2):
        now = 100.0 + second
        assert server.call(ask, default="fallback") == "fallback"
        trace.append((second, bool(asked) and asked[-1] == now))

    assert SKIP_SECONDS == 10
    assert trace == [
        (0, True),
        (1, True),
        (2, True),
        (3, False),
        (11.9, False),
        (12.1, True),  # one look after the pause
        (13, False),
        (22.0, False),
        (22.2, True),
    ]


def test_a_success_forgets_failures() -> None:
    server = CacheServer(DEAD_URL, clock=lambda: 0.0)

    def fail(_redis: Redis) -> None:
        raise TimeoutError

    for _ in range(5):
        server.call(fail, default=None)
        server.call(fail, default=None)
        assert server.call(lambda _redis: "answer", default="fallback") == "answer"
    assert not server.is_skipped


def test_a_paused_server_costs_a_quarter_of_a_second(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("s") / "v")
    with socket.socket(socket.AF_UNIX) as listener:  # takes connections and never answers
        listener.bind(path)
        listener.listen()
        waited = []
        while len(waited) < 5 and (
            not waited or waited[-1] > 4
        ):  # again, if the machine was busy with others
            server, started = CacheServer(f"unix://{path}"), time.monotonic()
            assert server.call(lambda paused: paused.get("x"), default=b"fallback") == b"fallback"
            waited.append(time.monotonic() - started)

    assert 0.2 < waited[-1] < 4  # the default was 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_local")
def test_a_write_during_an_outage_outdates_when_the_server_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source)
    alive = cache_server()

    monkeypatch.setattr(cache_client, "_server", CacheServer(DEAD_URL))
    source.value = "new"
    bump(CATALOGUE, 1)
    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "new"

    monkeypatch.setattr(cache_client, "_server", alive)
    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "new"
    assert not generations._pending


# --- the first level ----------------------------------------------------------------------------------------------


def test_failures_of_djangos_cache_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    server = CacheServer("unix:///nowhere")
    monkeypatch.setattr(cache_client, "_server", server)
    asks = cache_client.CountedRedis.from_url("unix:///nowhere")

    skipped = []
    for _attempt in range(3):
        with pytest.raises(RedisConnectionError):
            asks.get("key")
        skipped.append(server.is_skipped)

    assert skipped == [False, False, True]
