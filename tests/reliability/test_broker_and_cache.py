"""Cache server and broker paused, then killed, under load: no request fails, and what is to be done is done later."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from bookings.models import Booking
from core.models import Effect
from core.outbox import effect_enqueue
from tests.concurrency.server import web_server
from tests.factories.inventory import hotel
from tests.outbox import handled
from tests.reliability import servers
from tests.reliability.load import Load, load_on
from tests.reliability.names import KIND
from tests.reliability.servers import Kept, Valkey, wait_until, worker

PATIENCE_SECONDS = 180
OUTAGE_SECONDS = 4.0
QUIET_SECONDS = 2.0
FEWEST_ANSWERS = 10
ALLOWED_P95_SECONDS = 1.0
ALLOWED_MOST_SECONDS = 10.0
"""A process asks a paused server three times for a quarter of a second and then leaves it alone for ten seconds.

So much longer may it take than three times what it takes without an outage, on a machine that has other things to do.
"""

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def effects_write(phase: str) -> None:
    with handled(KIND):
        for number in range(5):
            effect_enqueue(kind=KIND, payload={"number": number, "seconds": 0}, dedup_key=f"{phase}:{number}")


def done(phase: str) -> int:
    return Effect.objects.filter(dedup_key__startswith=f"{phase}:", status="done").count()


def outage_is_harmless(load: Load, quiet: Load, name: str) -> None:
    assert load.statuses <= {200, 201}, (
        name,
        [answer for answer in load.answers if answer[1] not in {200, 201}][:5],
    )
    assert len(load.answers) >= FEWEST_ANSWERS, name
    assert load.slowest(0.95) <= ALLOWED_P95_SECONDS + 3 * quiet.slowest(0.95), name
    assert load.slowest(1) <= ALLOWED_MOST_SECONDS + 3 * quiet.slowest(1), name


def test_guests_notice_nothing_and_effects_happen_afterwards(
    valkey: Valkey, environment: dict[str, str], tmp_path: Path
) -> None:
    house = hotel(rooms=2000, nights=3, price=100)
    log = tmp_path / "log"
    with ExitStack() as running:
        running.enter_context(servers.dispatcher(log=log, environment=environment))
        start = partial(worker, "email", "processing", processes=2, log=log, environment=environment)
        workers = Kept(running, start)
        database = str(connection.settings_dict["NAME"])
        port = running.enter_context(
            web_server(database=database, log=tmp_path / "web", redis_url=valkey.url)
        )
        effects_write("before")
        with load_on(port, house):
            assert wait_until(lambda: done("before") == 5, seconds=PATIENCE_SECONDS), log.read_text()
        with load_on(port, house) as quiet:
            time.sleep(QUIET_SECONDS)

        valkey.pause()
        with load_on(port, house) as paused:
            effects_write("paused")
            time.sleep(OUTAGE_SECONDS)
            assert wait_until(lambda: len(paused.answers) >= FEWEST_ANSWERS, seconds=PATIENCE_SECONDS)
            assert done("paused") == 0
        valkey.resume()
        assert wait_until(lambda: workers.tend() and done("paused") == 5, seconds=PATIENCE_SECONDS), (
            log.read_text()
        )

        valkey.kill()
        with load_on(port, house) as dead:
            effects_write("dead")
            time.sleep(OUTAGE_SECONDS)
            assert wait_until(lambda: len(dead.answers) >= FEWEST_ANSWERS, seconds=PATIENCE_SECONDS)
            assert done("dead") == 0
        valkey.start()
        assert wait_until(lambda: workers.tend() and done("dead") == 5, seconds=PATIENCE_SECONDS), (
            log.read_text()
        )
        with load_on(port, house) as quiet_again:
            time.sleep(QUIET_SECONDS)
        quiet.answers += quiet_again.answers  # what else the machine does may have become more meanwhile

    outage_is_harmless(paused, quiet, "paused")
    outage_is_harmless(dead, quiet, "dead")
    bookings = sum(1 for load in (paused, dead) for _seconds, status, _path in load.answers if status == 201)
    assert bookings > 0
    assert Booking.objects.count() >= bookings
