import pytest
from rest_framework.test import APIClient

from core.cache import read
from core.cache.client import cache_server
from core.cache.stats import stats


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache and counters at zero."""
    cache_server().redis.flushdb()
    read.local.clear()
    stats.reset()


@pytest.fixture
def api() -> APIClient:
    """A client that gets the 500 a caller would get, instead of the exception."""
    return APIClient(raise_request_exception=False)
