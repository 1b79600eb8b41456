"""Rate limits are exact however many processes and threads ask at once, and shared by them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection

from tests.concurrency.crowd import crowd_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_a_hundred_at_once_from_five_processes_exactly_twenty_pass() -> None:
    reports = crowd_run(
        "tests.concurrency.limits:ask",
        orders={"members": 5, "threads": 20, "rate": "20/hour", "address": "192.0.2.77"},
        database=connection.settings_dict["NAME"],
    )

    assert [report["failed"] for report in reports if "failed" in report] == []
    members = reports[1:]
    assert sum((Counter(report["statuses"]) for report in members), Counter()) == {"200": 20, "429": 80}
    told = Counter(number for report in members for number in report["remaining"])
    assert told == Counter({str(number): 1 for number in range(1, 20)} | {"0": 81})
