"""Every cache emptied, so that the next answer is computed."""

from __future__ import annotations

import time

from django.conf import settings
from redis import Redis

from benchmarks.errors import BenchmarkError
from core.cache.client import cache_server
from core.cache.read import local, local_pages

PATIENCE_SECONDS = 60.0


def caches_empty() -> None:
    """Empty both levels of every cache. Waits for a busy server, which the site would not. Raises BenchmarkError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while cache_server().is_skipped:  # this process leaves it alone after three answers that came late
        if time.monotonic() > deadline:
            raise BenchmarkError(
                "The cache server does not answer in time: measure when the machine is less busy."
            )
        time.sleep(0.5)
    for alias in settings.CACHES:
        with Redis.from_url(str(settings.CACHES[alias]["LOCATION"])) as patient:
            patient.flushdb()
    local.clear()
    local_pages.clear()
