"""How values are kept: compressed, bounded, by version of the code, renewed before they end, and counted."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from core.cache import client as cache_client
from core.cache import generations, keys, read, totals
from core.cache.client import CacheServer, cache_key, cache_server
from core.cache.generations import bump, namespace_clear
from core.cache.keys import AVAILABILITY, CATALOGUE, PAGES, lock_key, value_key
from core.cache.local import OVERHEAD_BYTES, LocalCache
from core.cache.payload import Entry
from core.cache.read import get_or_compute
from core.cache.stats import stats
from core.cache.totals import counts_share, totals_read, totals_reset
from core.cache.version import version_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unshared() -> Iterator[None]:
    """Nothing of this process is in the totals yet, nor waits for the server."""
    totals._forked()
    read.local_pages.clear()
    yield
    generations._pending.clear()


@pytest.fixture
def no_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every read is from the shared level, as in another process."""
    monkeypatch.setattr(read, "local", LocalCache(max_entries=0))


@pytest.mark.usefixtures("no_local")
def test_large_values_are_compressed_and_come_back_whole() -> None:
    rooms = [{"name": f"Room {number}", "beds": 2} for number in range(500)]

    for _ in range(2):
        assert get_or_compute(CATALOGUE, 1, "rooms", lambda: rooms) == rooms
    get_or_compute(CATALOGUE, 1, "small", lambda: "x")

    counts = stats.snapshot()["catalogue"]
    assert counts["stored"] == 2
    assert counts["stored_bytes"] < counts["raw_bytes"] / 3
    assert len(cache_server().redis.get(value_key(CATALOGUE, 1, "rooms")) or b"") < counts["raw_bytes"] / 3


@pytest.mark.usefixtures("no_local")
def test_other_code_reads_no_value_of_ours_but_outdates_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_or_compute(CATALOGUE, 1, "rooms", lambda: "ours") == "ours"

    monkeypatch.setattr(keys, "code_version", lambda: "other")
    assert get_or_compute(CATALOGUE, 1, "rooms", lambda: "theirs") == "theirs"
    bump(CATALOGUE, 1)
    monkeypatch.undo()
    monkeypatch.setattr(read, "local", LocalCache(max_entries=0))

    assert get_or_compute(CATALOGUE, 1, "rooms", lambda: "new") == "new"


def test_the_version_follows_code_and_templates_and_nothing_else(tmp_path: Path) -> None:
    for path in ("app/models.py", "tests/test_models.py", "templates/base.html", "README.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("one")
    versions = [version_of(tmp_path)]

    for path in ("tests/test_models.py", "README.md", "app/models.py", "templates/base.html"):
        (tmp_path / path).write_text("two")
        versions.append(version_of(tmp_path))

    assert versions[0] == versions[1] == versions[2]
    assert len(set(versions[2:])) == 3


def test_the_first_level_is_bounded_by_bytes() -> None:
    level = LocalCache(max_bytes=4 * (1_000 + OVERHEAD_BYTES))
    for name in "abcdef":
        level.put(name, Entry("g", 0.0, name, size=1_000, namespace="catalogue"))
    level.put("huge", Entry("g", 0.0, "huge", size=2_000, namespace="catalogue"))

    assert [name for name in "abcdef" if level.get(name)] == list("cdef")
    assert level.get("huge") is None
    assert level.held() == {"catalogue": (4, level.bytes)}
    assert stats.snapshot()["catalogue"]["evictions"] == 2
    level.put("f", Entry("g", 0.0, "f", size=10, namespace="catalogue"))
    assert level.bytes == 3 * 1_000 + 10 + 4 * OVERHEAD_BYTES


def test_a_hot_value_is_renewed_before_it_ends_by_one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    source = iter(("old", "new"))
    get_or_compute(AVAILABILITY, 1, "x", lambda: next(source))
    nearly = time.time() + AVAILABILITY.ttl_seconds - 1
    monkeypatch.setattr(read.time, "time", lambda: nearly)
    monkeypatch.setattr(random, "random", lambda: 0.99)  # a lucky reader, 14 seconds early

    cache_server().redis.set(lock_key(AVAILABILITY, 1, "x"), "somebody", px=5_000)
    assert get_or_compute(AVAILABILITY, 1, "x", lambda: next(source)) == "old"  # somebody else does it
    cache_server().redis.delete(lock_key(AVAILABILITY, 1, "x"))
    assert get_or_compute(AVAILABILITY, 1, "x", lambda: next(source)) == "new"
    monkeypatch.setattr(random, "random", lambda: 0.0)
    assert get_or_compute(AVAILABILITY, 1, "x", lambda: next(source)) == "new"

    counts = stats.snapshot()["availability"]
    assert (counts["misses"], counts["refreshes"]) == (1, 1)


def test_a_renewal_that_the_database_refuses_leaves_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise DatabaseError

    get_or_compute(AVAILABILITY, 1, "x", lambda: "old")
    nearly = time.time() + AVAILABILITY.ttl_seconds - 1
    monkeypatch.setattr(read.time, "time", lambda: nearly)
    monkeypatch.setattr(random, "random", lambda: 0.99)

    assert get_or_compute(AVAILABILITY, 1, "x", refuse) == "old"
    assert cache_server().redis.get(lock_key(AVAILABILITY, 1, "x")) is None


def test_what_is_made_from_several_scopes_is_outdated_by_each() -> None:
    def page() -> str:
        return get_or_compute(
            PAGES, "home", "en", lambda: str(next(made)), made_from=[(CATALOGUE, 1), (AVAILABILITY, 1)]
        )

    made = iter(range(10))
    seen = [page(), page()]
    for namespace, scope in ((CATALOGUE, 1), (AVAILABILITY, 1), (PAGES, "home"), (CATALOGUE, 2)):
        bump(namespace, scope)
        seen.append(page())

    assert seen == ["0", "0", "1", "2", "3", "3"]
    assert len(read.local_pages) == 1


def test_a_slow_computation_is_joined_by_one_more_and_no_third(
    patient_readers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "WAIT_SECONDS", 0.1)
    both = threading.Barrier(2)
    computed: list[float] = []
    values: list[str] = []

    def compute() -> str:
        computed.append(time.monotonic())
        both.wait(timeout=60)
        time.sleep(0.5)  # time for a third, who would wait in vain for a fourth
        return "value"

    def look() -> None:
        values.append(get_or_compute(CATALOGUE, 1, "slow", compute))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert values == ["value"] * 12
    assert len(computed) == 2


def test_processes_add_up_what_they_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "SHARE_SECONDS", 600.0)
    stats.count("catalogue", "misses", 2)
    counts_share(at_once=True)
    stats.count("catalogue", "hits_local", 6)
    counts_share()  # not before so many seconds have gone by
    assert cache_server().redis.hget(cache_key("stats"), "catalogue:hits_local") is None

    totals._forked()  # another process
    stats.reset()
    stats.count("catalogue", "misses", 1)
    found = totals_read()
    again = totals_read()

    assert found is not None
    assert again is not None
    assert found.namespaces["catalogue"] == again.namespaces["catalogue"] == {"misses": 3}
    stats.count("catalogue", "hits_shared", 9)
    later = totals_read()
    assert later is not None
    assert later.hit_rate("catalogue") == 0.75
    assert later.since is not None
    assert totals_reset()
    emptied = totals_read()
    assert emptied is not None
    assert "catalogue" not in emptied.namespaces

    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))
    assert totals_read() is None


def test_a_namespace_is_cleared_for_every_scope_and_no_other() -> None:
    for namespace in (CATALOGUE, AVAILABILITY):
        for scope in (1, 2):
            get_or_compute(namespace, scope, "x", lambda: "old")

    assert namespace_clear(CATALOGUE) == 2

    seen = [
        get_or_compute(ns, scope, "x", lambda: "new") for ns in (CATALOGUE, AVAILABILITY) for scope in (1, 2)
    ]
    assert seen == ["new", "new", "old", "old"]
