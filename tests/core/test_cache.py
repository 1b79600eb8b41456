import threading
import time

import pytest
from django.db import connection, transaction

from core.cache import places, read
from core.cache.client import cache_server
from core.cache.generations import bump, generation_new
from core.cache.keys import (
    AVAILABILITY,
    CATALOGUE,
    NAMESPACES,
    Namespace,
    generation_key,
    value_key,
)
from core.cache.local import Entry, LocalCache
from core.cache.read import get_or_compute
from core.cache.stats import stats
from tests.core.cached import Source, reads_of
from tests.reliability.servers import wait_until


def test_namespaces_live_as_long_as_designed() -> None:
    assert {name: (space.scope, space.ttl_seconds) for name, space in NAMESPACES.items()} == {
        "catalogue": (("property_id",), 3_600),
        "special_days": (("property_id",), 86_400),
        "availability": (("property_id",), 300),
        "nights": (("property_id", "week"), 300),
        "user_bookings": (("user_id",), 300),
        "user_inbox": (("user_id",), 300),
        "reports": (("property_id",), 900),
        "pages": (("name",), 600),
    }


@pytest.mark.django_db
def test_a_value_is_computed_once_and_then_found() -> None:
    source = Source()

    values = [get_or_compute(CATALOGUE, 1, "rooms", source) for _ in range(3)]

    assert (values, source.reads) == (["old"] * 3, 1)
    assert reads_of("catalogue") == {"misses": 1, "hits_local": 2}
    assert stats.hit_rate("catalogue") == pytest.approx(2 / 3)


@pytest.mark.django_db
def test_none_is_a_value() -> None:
    source = Source(None)

    assert [get_or_compute(CATALOGUE, 1, "rooms", source) for _ in range(2)] == [None, None]
    assert source.reads == 1


@pytest.mark.django_db
def test_another_process_finds_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source({"rooms": [1, 2]})
    get_or_compute(CATALOGUE, 1, "rooms", source)
    monkeypatch.setattr(read, "local", LocalCache())

    assert get_or_compute(CATALOGUE, 1, "rooms", source) == {"rooms": [1, 2]}
    assert source.reads == 1
    assert reads_of("catalogue") == {"misses": 1, "hits_shared": 1}


@pytest.mark.django_db(transaction=True)
def test_a_write_outdates_its_scope_and_no_other() -> None:
    one, other = Source(), Source()
    get_or_compute(CATALOGUE, 1, "rooms", one)
    get_or_compute(CATALOGUE, 2, "rooms", other)
    get_or_compute(AVAILABILITY, 1, "rooms", other)

    one.value = "new"
    bump(CATALOGUE, 1)

    assert get_or_compute(CATALOGUE, 1, "rooms", one) == "new"
    get_or_compute(CATALOGUE, 2, "rooms", other)
    get_or_compute(AVAILABILITY, 1, "rooms", other)
    assert (one.reads, other.reads) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_a_write_of_another_process_outdates_the_first_level() -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source)

    source.value = "new"
    cache_server().redis.set(generation_key(CATALOGUE, 1), generation_new())

    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "new"


@pytest.mark.django_db(transaction=True)
def test_a_write_counts_when_it_is_committed() -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source)

    with transaction.atomic():
        bump(CATALOGUE, 1)
        bump(CATALOGUE, 1)
        assert len(connection.run_on_commit) == 1
        source.value = "uncommitted"
        assert get_or_compute(CATALOGUE, 1, "rooms", source) == "uncommitted"
        transaction.set_rollback(True)

    source.value = "never read"
    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "old"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_local")
def test_a_reader_that_raced_a_writer_is_never_believed() -> None:
    """The reader reads the old row, the writer commits, and only then does the reader store what it read."""
    stale = 0
    for _ in range(200):
        source = Source("old")

        def slow_read(source: Source = source) -> object:
            value = source()
            source.value = "new"
            bump(CATALOGUE, 1)  # the writer commits in the midst of the read
            return value

        assert get_or_compute(CATALOGUE, 1, "race", slow_read) == "old"
        stale += get_or_compute(CATALOGUE, 1, "race", source) != "new"
        bump(CATALOGUE, 1)

    assert stale == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_local")
def test_racing_readers_and_writers_leave_nothing_stale() -> None:
    row = {"version": 0}
    stop = threading.Event()
    behind: list[tuple[int, int]] = []

    def write() -> None:
        while not stop.is_set():
            row["version"] += 1
            bump(CATALOGUE, 1)
            time.sleep(0.001)
        connection.close()

    def look() -> None:
        while not stop.is_set():
            get_or_compute(CATALOGUE, 1, "row", lambda: row["version"])
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for _ in range(20):
        stop.clear()
        running = [threading.Thread(target=write), *(threading.Thread(target=look) for _ in threads)]
        for thread in running:
            thread.start()
        time.sleep(0.03)
        stop.set()
        for thread in running:
            thread.join()
        seen = get_or_compute(CATALOGUE, 1, "row", lambda: row["version"])
        if seen != row["version"]:
            behind.append((seen, row["version"]))

    assert behind == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_local")
def test_a_flushed_server_revives_nothing() -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source)
    redis = cache_server().redis
    old = redis.get(value_key(CATALOGUE, 1, "rooms"))
    assert old is not None

    redis.flushdb()
    redis.set(value_key(CATALOGUE, 1, "rooms"), old)  # a replica, or a dump, brings the value back
    source.value = "new"

    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "new"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_local")
def test_concurrent_misses_compute_once(patient_readers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Barrier(20)
    asked: set[int] = set()
    reads: list[float] = []
    values: list[object] = []
    take = places.Place.take

    def take_noted(place: places.Place, lock_at: str, token: str) -> places.Taken:
        taken = take(place, lock_at, token)
        asked.add(threading.get_ident())
        return taken

    monkeypatch.setattr(places.Place, "take", take_noted)

    def compute() -> str:
        reads.append(time.monotonic())
        assert wait_until(lambda: len(asked) == 20, seconds=60), "everybody else waits by then"
        return "value"

    def look() -> None:
        start.wait()
        values.append(get_or_compute(CATALOGUE, 1, "slow", compute))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert values == ["value"] * 20
    assert len(reads) == 1
    assert stats.snapshot()["catalogue"]["waits"] == 19


@pytest.mark.django_db
def test_an_error_is_not_cached_and_leaves_no_lock() -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        get_or_compute(CATALOGUE, 1, "rooms", fail)

    waits = stats.snapshot()["catalogue"].get("waits", 0)
    assert get_or_compute(CATALOGUE, 1, "rooms", Source()) == "old"
    assert stats.snapshot()["catalogue"].get("waits", 0) == waits


@pytest.mark.django_db
def test_a_value_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source, ttl=60)
    later = time.time() + 61
    monkeypatch.setattr(read.time, "time", lambda: later)

    get_or_compute(CATALOGUE, 1, "rooms", source, ttl=60)

    assert source.reads == 2
    assert 0 < cache_server().redis.ttl(value_key(CATALOGUE, 1, "rooms")) <= 60


@pytest.mark.django_db
def test_no_value_outlives_its_namespace() -> None:
    get_or_compute(AVAILABILITY, 1, "x", Source(), ttl=10**6)

    assert cache_server().redis.ttl(value_key(AVAILABILITY, 1, "x")) <= 300


@pytest.mark.django_db
@pytest.mark.usefixtures("no_local")
def test_a_value_that_cannot_be_read_is_a_miss() -> None:
    source = Source()
    get_or_compute(CATALOGUE, 1, "rooms", source)
    cache_server().redis.set(value_key(CATALOGUE, 1, "rooms"), b"\x80not a pickle")

    assert get_or_compute(CATALOGUE, 1, "rooms", source) == "old"
    assert source.reads == 2


@pytest.mark.parametrize(
    ("namespace", "scope"), [(CATALOGUE, (1, 2)), (CATALOGUE, ()), (Namespace("x", ("a", "b"), 1), 1)]
)
def test_a_scope_must_fit_its_namespace(namespace: Namespace, scope: int | tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="the scope of"):
        value_key(namespace, scope, "k")


def test_long_keys_are_hashed_and_stay_apart() -> None:
    one, other = value_key(CATALOGUE, 1, "x" * 500), value_key(CATALOGUE, 1, "x" * 501)

    assert one != other
    assert len(one) < 150
    assert value_key(CATALOGUE, 1, ("a", 1)) != value_key(CATALOGUE, 1, ("a", 2))


# --- without the server -------------------------------------------------------------------------------------------


def test_the_first_level_is_bounded_and_forgets_what_was_used_least() -> None:
    local = LocalCache(max_entries=3)
    for name in "abc":
        local.put(name, Entry("g", 0.0, name))
    local.get("a")

    local.put("d", Entry("g", 0.0, "d"))

    assert len(local) == 3
    assert local.get("b") is None
    assert {name for name in "acd" if local.get(name)} == set("acd")
