"""Workers, dispatcher and scheduler as they are deployed: heard of while they work, and silent when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.system import heartbeats as module
from core.system.heartbeats import heartbeats
from tests.reliability import servers
from tests.reliability.servers import Valkey, program, wait_until, worker

PATIENCE_SECONDS = 180

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def its_cache(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process reads what the test's programs write."""
    monkeypatch.setattr(cache_client, "_server", CacheServer(valkey.url))
    yield
    monkeypatch.undo()


def heard() -> set[tuple[str, str]]:
    return {(one.program, one.queue) for one in heartbeats() or () if not one.is_silent}


def beat(*, log: Path, place: Path, environment: dict[str, str]) -> Any:
    options = ["--schedule", str(place / "schedule"), "--pidfile", ""]
    arguments = ["-m", "celery", "-A", "tests.reliability.programs", "--quiet", "beat", *options]
    return program(*arguments, log=log, environment=environment)


def test_every_program_is_heard_of_and_missed_when_it_has_ended(
    its_cache: None,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    everything = set(module.PROGRAMS)
    with (
        servers.dispatcher(log=log, environment=environment),
        worker("email", "processing", processes=1, log=log, environment=environment),
        beat(log=log, place=tmp_path, environment=environment),
    ):
        with worker("scheduled", processes=1, log=log, environment=environment):
            assert wait_until(lambda: heard() == everything, seconds=PATIENCE_SECONDS), log.read_text()[
                -3_000:
            ]
        # It was told to stop, and has taken its heartbeat back.
        missing = everything - {("worker", "scheduled")}
        assert wait_until(lambda: heard() == missing, seconds=PATIENCE_SECONDS), (
            heard(),
            log.read_text()[-3_000:],
        )
