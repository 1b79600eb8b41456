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


def ended(diary: Path) -> set[int]:
    """What has come to its end, once or more often."""
    return {number for number, _process in lines(diary, "end")}


def in_the_middle(diary: Path) -> dict[int, int]:
    """By the number of what was begun and has not ended: the process."""
    begun = dict(lines(diary, "begin"))
    return {number: begun[number] for number in begun.keys() - ended(diary)}


def test_a_killed_child_and_a_killed_worker_lose_nothing(
    valkey: Valkey, environment: dict[str, str], diary: Path, tmp_path: Path
) -> None:
    effects_enqueue(range(EFFECTS), doomed=0)
    log = tmp_path / "log"
    with (
        servers.dispatcher(log=log, environment=environment),
        worker("processing", "scheduled", processes=2, log=log, environment=environment) as first,
    ):
        assert wait_until(lambda: 0 in in_the_middle(diary), seconds=PATIENCE_SECONDS), log.read_text()
        os.kill(in_the_middle(diary)[0], signal.SIGKILL)
        assert wait_until(lambda: ended(diary) == set(range(EFFECTS)), seconds=PATIENCE_SECONDS), (
            log.read_text()
        )

        job_send(valkey)
        assert wait_until(lambda: [n for n, _ in lines(diary, "job")] == [1, 2], seconds=PATIENCE_SECONDS)
        effects_enqueue(range(EFFECTS, 2 * EFFECTS), doomed=EFFECTS)
        assert wait_until(lambda: EFFECTS in in_the_middle(diary), seconds=PATIENCE_SECONDS), log.read_text()
        group_kill(first)

        with worker("processing", processes=2, log=log, environment=environment):
            assert wait_until(all_done, seconds=PATIENCE_SECONDS), log.read_text()

    assert ended(diary) == set(range(2 * EFFECTS))
    for killed in (0, EFFECTS):
        assert Effect.objects.get(dedup_key=f"told:{killed}").interruptions >= 1
    assert not Effect.objects.filter(kind=KIND).exclude(attempts=1).exists()
    assert ScheduledJob.objects.get(pk=JOB).last_succeeded_at is not None


def effects_enqueue(numbers: range, *, doomed: int) -> None:
    """Effects that take a while; one of them does not end before whoever runs it was killed."""
    with handled(KIND):
        for number in numbers:
            payload = {"number": number, "seconds": 0.15, "doomed": number == doomed}
            effect_enqueue(kind=KIND, payload=payload, dedup_key=f"told:{number}")


def all_done() -> bool:
    return not Effect.objects.filter(kind=KIND).exclude(status="done").exists()


def job_send(valkey: Valkey) -> None:
    """Send what beat would."""
    with Connection(broker_config(valkey.url)) as broker, app.amqp.Producer(broker) as producer:
        app.send_task(JOB_TASK, args=(JOB,), queue="scheduled", producer=producer)
