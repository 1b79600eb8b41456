"""What the cache promises while everybody reads and writes at once, in several processes."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from core.cache import client as cache_client
from core.cache import generations, places, read
from core.cache.client import CacheServer, cache_server
from core.cache.generations import bump
from core.cache.keys import AVAILABILITY, CATALOGUE
from core.cache.local import LocalCache
from core.cache.read import get_or_compute
from core.cache.stats import stats
from tests.reliability.servers import valkey, wait_until

PATIENCE_SECONDS = 120
ROUNDS = 2_000
READERS = 100
PROCESSES = 4
"""Forked: they have no database connection, and compute from the cache server's own keys."""


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    redis = cache_server().redis
    redis.flushdb()
    read.local.clear()
    stats.reset()
    yield
    generations._pending.clear()
    redis.flushdb()


def in_processes(work: Callable[[int, Any], None], number: int = PROCESSES) -> list[Any]:
    """What each of several forked processes puts into its queue."""
    fork = multiprocessing.get_context("fork")
    queue: Any = fork.SimpleQueue()
    workers = [fork.Process(target=work, args=(index, queue)) for index in range(number)]
    for worker in workers:
        worker.start()
    found = [queue.get() for _worker in workers]
    for worker in workers:
        worker.join(timeout=PATIENCE_SECONDS)
    return found


@pytest.mark.django_db(transaction=True)
def test_who_has_written_reads_it_1000_times_of_1000() -> None:
    """While another process fills the cache with whatever it finds, through both levels."""
    truth: Redis = cache_server().redis
    truth.set("truth", 0)
    fork = multiprocessing.get_context("fork")
    stop = fork.Event()

    def others() -> None:
        read.local.clear()
        while not stop.is_set():
            get_or_compute(CATALOGUE, 1, "row", lambda: int(truth.get("truth") or 0))

    other = fork.Process(target=others)
    other.start()
    right = 0
    try:
        for number in range(1, 1_001):
            truth.set("truth", number)
            bump(CATALOGUE, 1)
            right += get_or_compute(CATALOGUE, 1, "row", lambda: int(truth.get("truth") or 0)) == number
    finally:
        stop.set()
        other.join(timeout=PATIENCE_SECONDS)

    assert right == 1_000


def raced(fill: Callable[[str, Callable[[], int]], int], outdate: Callable[[str], None]) -> int:
    """How many of 2,000 slow readers left the old row for the next one: each is overtaken by a writer."""
    stale = 0
    for number in range(ROUNDS):
        row = {"version": 1}
        key = f"row-{number % 10}-{number}"

        def slow_read(row: dict[str, int] = row, key: str = key) -> int:
            seen = row["version"]
            row["version"] = 2  # the writer commits between the reader's query and what it stores
            outdate(key)
            return seen

        fill(key, slow_read)
        stale += fill(key, lambda row=row: row["version"]) != 2
    return stale


@pytest.mark.django_db(transaction=True)
def test_2000_races_of_a_reader_against_a_writer_leave_nothing_stale() -> None:
    assert (
        raced(
            lambda key, compute: get_or_compute(CATALOGUE, 1, key, compute), lambda _key: bump(CATALOGUE, 1)
        )
        == 0
    )


def test_deleting_after_writing_would_lose_those_races() -> None:
    """The twin without generations, which proves that the race is one."""
    redis = cache_server().redis

    def fill(key: str, compute: Callable[[], int]) -> int:
        known = redis.get(key)
        if known is not None:
            return int(known)
        value = compute()
        redis.set(key, value)
        return value

    assert raced(fill, redis.delete) == ROUNDS


def test_100_readers_of_an_expired_value_compute_at_most_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """In four processes with 25 threads each, none of which has it in its memory.

    They may wait for the cache server and for each other as long as they like: who gives that up computes for itself.
    """
    location = settings.CACHES["default"]["LOCATION"]
    address = location if isinstance(location, str) else location[0]
    monkeypatch.setattr(cache_client, "_server", CacheServer(address, timeout=60.0))
    monkeypatch.setattr(read, "LONG_WAIT_SECONDS", 120.0)
    monkeypatch.setattr(places, "COMPUTE_LOCK_MILLISECONDS", 120_000)
    redis: Redis = cache_server().redis

    def compute() -> str:
        redis.incr("computed")
        time.sleep(0.2)
        return "value"

    def readers(_index: int, queue: Any) -> None:
        read.local.clear()
        start = threading.Barrier(READERS // PROCESSES)

        def look(_number: int) -> str:
            start.wait()
            return get_or_compute(AVAILABILITY, 1, "hot", compute)

        with ThreadPoolExecutor(READERS // PROCESSES) as pool:
            queue.put(list(pool.map(look, range(READERS // PROCESSES))))

    answers = [answer for answers in in_processes(readers) for answer in answers]

    assert answers == ["value"] * READERS
    assert 1 <= int(redis.get("computed") or 0) <= 2


@pytest.mark.django_db(transaction=True)
def test_emptying_the_server_at_any_moment_changes_no_answer() -> None:
    """A flush between any two commands of a read, in either level: answers are what the writer wrote last."""
    truth = {"row": 0}
    wrong: list[tuple[int, int]] = []
    stop = threading.Event()
    redis = cache_server().redis

    def flush() -> None:
        while not stop.is_set():
            redis.flushdb()
            time.sleep(0.0003)

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        for number in range(1, 251):
            truth["row"] = number
            bump(CATALOGUE, 1)
            for _ in range(3):
                seen = get_or_compute(CATALOGUE, 1, "row", lambda: truth["row"])
                if seen != number:
                    wrong.append((seen, number))
    finally:
        stop.set()
        flusher.join()

    assert wrong == []


@pytest.mark.django_db(transaction=True)
def test_a_server_that_stops_or_pauses_under_load_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four readers and a writer go on while it is killed, started empty, paused and woken."""
    truth = {"row": 0, "told": 0}
    wrong: list[tuple[int, int]] = []
    reads: list[float] = []
    stop = threading.Event()
    monkeypatch.setattr(cache_client, "SKIP_SECONDS", 0.3)

    def was_missed() -> bool:
        """Whether somebody has met a server that does not answer, and a reader has gone past it."""
        counts = stats.counts()
        return counts["server", "errors"] > 0 and counts["catalogue", "bypasses"] > 0

    def look() -> None:
        while not stop.is_set():
            known, started = truth["told"], time.monotonic()
            seen = get_or_compute(CATALOGUE, 1, "row", lambda: truth["row"])
            reads.append(time.monotonic() - started)
            if seen < known:
                wrong.append((seen, known))

    def write() -> None:
        while not stop.is_set():
            truth["row"] += 1
            bump(CATALOGUE, 1)
            truth["told"] = truth["row"]  # as somebody whose write has returned
            time.sleep(0.002)
        connection.close()

    with valkey() as server, ThreadPoolExecutor(5) as pool:
        monkeypatch.setattr(cache_client, "_server", CacheServer(server.url))
        monkeypatch.setattr(read, "local", LocalCache())
        running = [pool.submit(work) for work in (look, look, look, look, write)]
        try:
            for change in (server.kill, server.start, server.pause, server.resume):
                time.sleep(0.4)
                enough = len(reads) + 25
                assert wait_until(lambda enough=enough: len(reads) >= enough, seconds=PATIENCE_SECONDS)
                change()
                if change == server.kill:
                    assert wait_until(was_missed, seconds=PATIENCE_SECONDS), stats.snapshot()
            time.sleep(0.6)
        finally:
            stop.set()
        for work in running:
            work.result(timeout=PATIENCE_SECONDS)  # raises what the thread raised

    assert wrong == []
    assert len(reads) >= 100
