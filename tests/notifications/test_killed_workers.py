"""Workers are killed while they send. No mail is lost, and none is sent twice by a kill before its send."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.cache.client import cache_server
from core.models import Effect
from notifications.composing import message_id
from notifications.models import Notification
from tests.concurrency.crowd import ROOT, database_url
from tests.factories.notifications import notification
from tests.notifications.mail_server import MailServer
from tests.outbox import run_effects

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MAILS = 30
KILLS = 6


def worker(port: int, die: str = "") -> subprocess.Popen[str]:
    environment = os.environ | {
        "DATABASE_URL": database_url(str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.notifications.dying_worker", str(port), *([die] if die else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    )


def started(port: int, die: str = "") -> subprocess.Popen[str]:
    process = worker(port, die)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ended(process: subprocess.Popen[str]) -> int:
    code = process.wait(timeout=300)
    assert process.stdout is not None
    process.stdout.close()
    return code


def after_the_lease() -> Any:
    return timezone.now() + timedelta(minutes=2)


def test_who_dies_before_the_send_leaves_it_to_be_sent_once(server: MailServer, settings: Any) -> None:
    stored = notification()

    assert ended(started(settings.EMAIL_PORT, "before")) == -signal.SIGKILL
    assert server.accepted == []
    assert run_effects().outcomes == {}, "somebody else holds it until the lease is over"
    run_effects(at=after_the_lease())

    assert server.ids == [message_id(stored.dedup_key)]
    stored.refresh_from_db()
    assert (stored.status, stored.attempts) == ("sent", 2)


def test_who_dies_after_the_send_sends_it_again_under_the_same_id(server: MailServer, settings: Any) -> None:
    stored = notification()

    assert ended(started(settings.EMAIL_PORT, "after")) == -signal.SIGKILL
    assert server.ids == [message_id(stored.dedup_key)]
    run_effects(at=after_the_lease())

    assert server.ids == [message_id(stored.dedup_key)] * 2
    stored.refresh_from_db()
    assert stored.status == "sent"


def test_kills_at_random_lose_nothing(server: MailServer, settings: Any) -> None:
    """A mail is taken twice only if a kill fell between the server's word and our note: at most one for each kill."""
    chance = random.Random(20261121)
    server.delay_seconds = 0.01
    stored = [notification(dedup_key=f"mail:{number}") for number in range(MAILS)]
    killed = 0
    for _round in range(KILLS):
        process = started(settings.EMAIL_PORT)
        time.sleep(chance.uniform(0.05, 0.5))
        process.kill()
        killed += ended(process) == -signal.SIGKILL
        Effect.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())
        cache_server().redis.flushdb()

    run_effects(at=after_the_lease())
    run_effects(at=after_the_lease() + timedelta(minutes=2))

    assert killed
    assert set(server.ids) == {message_id(row.dedup_key) for row in stored}
    twice = {key for key, times in server.counted.items() if times > 1}
    interrupted = set(
        Effect.objects.filter(interruptions__gt=0).values_list("payload__notification_id", flat=True)
    )
    assert len(server.ids) - MAILS <= killed
    assert twice <= {message_id(row.dedup_key) for row in stored if row.pk in interrupted}
    assert set(Notification.objects.values_list("status", flat=True)) == {"sent"}
