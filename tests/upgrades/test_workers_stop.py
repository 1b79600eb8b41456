"""SIGTERM to workers and the dispatcher: what they have begun they finish, and the rest is done by others."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from core.models import Effect
from core.outbox import effect_enqueue
from tests.outbox import handled
from tests.reliability import servers
from tests.reliability.conftest import diary, environment, valkey
from tests.reliability.names import KIND
from tests.reliability.servers import wait_until, worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

__all__ = ["diary", "environment", "valkey"]
EFFECTS = 8
SECONDS = 3.0
PATIENCE_SECONDS = 180


def effects_write() -> None:
    with handled(KIND):
        for number in range(EFFECTS):
            effect_enqueue(
                kind=KIND, payload={"number": number, "seconds": SECONDS}, dedup_key=f"roll:{number}"
            )


def stopped(process: subprocess.Popen[bytes]) -> int:
    """Ask it to stop, and wait until it has."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_SECONDS)


def test_a_worker_finishes_what_it_has_begun(
    diary: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment |= {"RUN_LEASE_SECONDS": "300"}
    effects_write()
    with (
        servers.dispatcher(log=log, environment=environment) as dispatcher,
        worker("processing", processes=2, log=log, environment=environment) as first,
    ):
        assert wait_until(lambda: diary.read_text().count("begin") >= 2, seconds=PATIENCE_SECONDS), (
            log.read_text()
        )
        assert stopped(first) == 0, log.read_text()
        told = [line.split() for line in diary.read_text().splitlines()]
        assert Counter(what for what, _number, _pid in told) == {
            "begin": len(told) // 2,
            "end": len(told) // 2,
        }, told
        assert 0 < len(told) // 2 < EFFECTS, "it was stopped in the middle of the work"

        with worker("processing", processes=2, log=log, environment=environment):
            done = Effect.objects.filter(kind=KIND, status="done")
            assert wait_until(lambda: done.count() == EFFECTS, seconds=PATIENCE_SECONDS), log.read_text()
        assert stopped(dispatcher) == 0, log.read_text()

    begun = Counter(line.split()[1] for line in diary.read_text().splitlines() if line.startswith("begin"))
    assert begun == {str(number): 1 for number in range(EFFECTS)}, "nothing was done twice"
    assert not Effect.objects.exclude(interruptions=0).exists()
