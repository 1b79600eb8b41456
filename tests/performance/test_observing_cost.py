"""What it costs to count every query: a share of a real page's processor time, both measured in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.cache import read
from core.cache.client import cache_server
from core.observability.queries import queries_counted, query_observe
from core.observability.request_figures import request_count
from tests.factories.accounts import UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.performance]

ALLOWED_SHARE = 0.02
ROUNDS = 15


def cpu_seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Processor time of this process for one round, the middle of several."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return median(spent)


def nothing(*_arguments: Any) -> None:
    """In the place of the database."""


def test_observing_costs_less_than_two_percent_of_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    guest = UserFactory.create()
    for _ in range(5):
        held(hotel(rooms=3, nights=4), user=guest)
    browser = Client()
    browser.force_login(guest)

    def page() -> None:
        cache_server().redis.flushdb()
        read.local.clear()
        assert browser.get("/my/").status_code == 200

    page()
    with CaptureQueriesContext(connection) as captured:
        page()
    statements = [query["sql"] for query in captured]
    request, response = HttpRequest(), HttpResponse()
    request.resolver_match = SimpleNamespace(route="my/")  # type: ignore[assignment]
    context = {"connection": connection}

    def observed() -> None:
        with queries_counted() as count:
            for sql in statements:
                query_observe(nothing, sql[:10] + sql[10:], None, False, context)
        request_count(request, response, 0.01, count)

    def bare() -> None:
        for sql in statements:
            nothing(sql[:10] + sql[10:], None, False, context)

    page_seconds = cpu_seconds(page)
    observing_seconds = cpu_seconds(lambda: [observed() for _ in range(50)]) / 50
    observing_seconds -= cpu_seconds(lambda: [bare() for _ in range(50)]) / 50
    share = observing_seconds / page_seconds

    with capsys.disabled():
        print(
            f"\n  observing {len(statements)} queries: {observing_seconds * 1e6:.0f} µs of a page's "
            f"{page_seconds * 1e3:.1f} ms, {share:.2%}"
        )
    assert len(statements) >= 10
    assert share < ALLOWED_SHARE
