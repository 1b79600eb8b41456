"""Celery's own workers, killed: a child in the middle of its task, and a whole worker with all it had taken."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from kombu import Connection

from config.celery import app
from config.settings.servers import broker_config
from core.models import Effect, ScheduledJob
from core.outbox import effect_enqueue
from core.schedule.registry import JOB_TASK
from tests.outbox import handled
from tests.reliability import servers
from tests.reliability.names import JOB, KIND
from tests.reliability.servers import Valkey, group_kill, wait_until, worker

PATIENCE_SECONDS = 180
EFFECTS = 24

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def lines(diary: Path, what: str) -> list[tuple[int, int]]:
    """Number and process of everything of a kind that happened."""
    found = [line.split() for line in diary.read_text().splitlines()]
    return [(int(number), int(process)) for happened, number, process in found if happened == what]


def in_the_middle(diary: Path) -> list[tuple[int, int]]:
    ended = {number for number, _process in lines(diary, "end")}
    return [(number, process) for number, process in lines(diary, "begin") if number not in ended]


def test_a_killed_child_and_a_killed_worker_lose_nothing(
    valkey: Valkey, environment: dict[str, str], diary: Path, tmp_path: Path
) -> None:
    effects_enqueue(range(EFFECTS))
    log = tmp_path / "log"
    with (
        servers.dispatcher(log=log, environment=environment),
        worker("processing", "scheduled", processes=2, log=log, environment=environment) as first,
    ):
        assert wait_until(lambda: len(in_the_middle(diary)) > 0, seconds=PATIENCE_SECONDS), log.read_text()
        killed, child = in_the_middle(diary)[0]
        os.kill(child, signal.SIGKILL)
        begun = len(lines(diary, "begin"))
        assert wait_until(lambda: len(lines(diary, "begin")) > begun + 3, seconds=PATIENCE_SECONDS), (
            log.read_text()
        )

        job_send(valkey)
        assert wait_until(lambda: [n for n, _ in lines(diary, "job")] == [1, 2], seconds=PATIENCE_SECONDS)
        effects_enqueue(range(EFFECTS, 2 * EFFECTS))
        assert wait_until(lambda: len(in_the_middle(diary)) > 0, seconds=PATIENCE_SECONDS)
        group_kill(first)

        with worker("processing", processes=2, log=log, environment=environment):
            assert wait_until(all_done, seconds=PATIENCE_SECONDS), log.read_text()

    assert {number for number, _process in lines(diary, "end")} == set(range(2 * EFFECTS))
    assert Effect.objects.get(dedup_key=f"told:{killed}").interruptions >= 1
    assert not Effect.objects.exclude(attempts=1).exists()
    assert ScheduledJob.objects.get(pk=JOB).last_succeeded_at is not None


def effects_enqueue(numbers: range) -> None:
    """Effects that last long enough to be killed in the middle."""
    with handled(KIND):
        for number in numbers:
            payload = {"number": number, "seconds": 0.15}
            effect_enqueue(kind=KIND, payload=payload, dedup_key=f"told:{number}")


def all_done() -> bool:
    return not Effect.objects.exclude(status="done").exists()


def job_send(valkey: Valkey) -> None:
    """Send what beat would."""
    with Connection(broker_config(valkey.url)) as broker, app.amqp.Producer(broker) as producer:
        app.send_task(JOB_TASK, args=(JOB,), queue="scheduled", producer=producer)
