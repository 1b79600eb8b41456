"""Webhook deliveries while workers are killed: none is lost, and a repetition has the same id."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.db import connection, transaction

from core.cache.client import cache_server
from core.models import Effect
from notifications.models import DomainEvent, WebhookDelivery
from notifications.services import domain_event_record
from tests.concurrency.crowd import ROOT, database_url
from tests.factories.inventory import PropertyFactory
from tests.factories.webhooks import endpoint
from tests.receiver import receiving, status

ENDPOINTS, BOOKINGS, STEPS, WORKERS, KILLS = 2, 8, 3, 4, 24

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def workers_killed(seed: int) -> None:
    orders = {
        "outbox": os.devnull,
        "workers": WORKERS,
        "kills": KILLS,
        "kill_every_seconds": 0.15,
        "seconds": 300,
        "seed": seed,
    }
    environment = os.environ | {
        "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "LOG_LEVEL": "CRITICAL",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.killing", json.dumps(orders)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    assert json.loads(finished.stdout)["kills"] == KILLS


def test_no_delivery_is_lost_and_a_repetition_has_the_same_id() -> None:
    cache_server().redis.flushdb()
    seed = random.randrange(10**6)

    def answer(request):
        time.sleep(random.uniform(0, 0.25))  # long enough that kills hit deliveries
        status(204)(request)

    with receiving(default=answer) as receiver:
        house = PropertyFactory()
        for number in range(ENDPOINTS):
            endpoint(house, url=f"{receiver.url}/{number}")
        for step in range(STEPS):
            for booking in range(BOOKINGS):
                with transaction.atomic():
                    domain_event_record(
                        type="booking.changed",
                        property_id=house.pk,
                        subject=f"booking:{booking}",
                        data={"step": step},
                    )
        workers_killed(seed)
        received = list(receiver.received)

    total = ENDPOINTS * BOOKINGS * STEPS
    assert Counter(WebhookDelivery.objects.values_list("status", flat=True)) == {"delivered": total}, seed
    assert set(Effect.objects.values_list("status", flat=True)) == {"done"}
    uids = set(DomainEvent.objects.values_list("uid", flat=True))
    times = Counter((request.path, request.headers["webhook-id"]) for request in received)
    assert times.keys() == {(f"/hook/{number}", uid) for number in range(ENDPOINTS) for uid in uids}
    interruptions = sum(Effect.objects.values_list("interruptions", flat=True))
    assert interruptions > 0, "no kill hit a running delivery: nothing was proven"
    assert len(received) - total <= interruptions
    bodies = {}
    for request in received:
        bodies.setdefault(request.headers["webhook-id"], set()).add(request.body)
    assert {len(same) for same in bodies.values()} == {1}
    for number in range(ENDPOINTS):
        first_seen: dict[str, list[int]] = {}
        for request in received:
            if request.path != f"/hook/{number}":
                continue
            told = json.loads(request.body)
            steps = first_seen.setdefault(told["subject"], [])
            if told["data"]["step"] not in steps:
                steps.append(told["data"]["step"])
        assert first_seen == {f"booking:{booking}": list(range(STEPS)) for booking in range(BOOKINGS)}
    assert sorted(DomainEvent.objects.values_list("sequence", flat=True)) == list(
        range(1, BOOKINGS * STEPS + 1)
    )
