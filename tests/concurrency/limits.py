"""A crowd that asks one limited page at once: several processes, each with threads."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from core.api.throttling import rate_limited
from core.cache import client as cache_client


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Start Django. The crowd is about counting: a busy machine must not look like a cache server that is away."""
    django.setup()
    cache_client.SOCKET_TIMEOUT_SECONDS = 30
    return {}


def ask(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """Ask `threads` times at one moment; the statuses, and how often each number of remaining requests was told."""

    @rate_limited("sensitive")
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("a page")

    start = threading.Barrier(orders["threads"])
    statuses: Counter[str] = Counter()
    remaining: list[str] = []

    def post() -> None:
        request = RequestFactory().post("/look-up", REMOTE_ADDR=orders["address"])
        start.wait()
        response = page(request)
        statuses[str(response.status_code)] += 1
        remaining.append(response["X-RateLimit-Remaining"])

    rates = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"sensitive": orders["rate"]}}
    with override_settings(REST_FRAMEWORK=rates):
        threads = [threading.Thread(target=post) for _ in range(orders["threads"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {"statuses": statuses, "remaining": remaining}
