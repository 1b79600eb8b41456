from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from core.cache import generations, places, read
from core.cache.client import cache_server
from core.cache.local import LocalCache
from core.cache.stats import stats


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Every test begins with an empty cache and counters at zero, and leaves no bump behind."""
    cache_server().redis.flushdb()
    read.local.clear()
    stats.reset()
    yield
    generations._pending.clear()


@pytest.fixture
def no_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every read is from the shared level, as in another process."""
    monkeypatch.setattr(read, "local", LocalCache(max_entries=0))


@pytest.fixture
def patient_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a value waits for as long as a busy machine takes, and nobody takes over from who computes it."""
    monkeypatch.setattr(read, "WAIT_SECONDS", 60.0)
    monkeypatch.setattr(read, "LONG_WAIT_SECONDS", 120.0)
    monkeypatch.setattr(places, "COMPUTE_LOCK_MILLISECONDS", 120_000)


@pytest.fixture
def api() -> APIClient:
    """A client that gets the 500 a caller would get, instead of the exception."""
    return APIClient(raise_request_exception=False)
