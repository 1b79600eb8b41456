from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.backups.drills import DrillRecord
from core.backups.state import BackupsState
from core.cache.client import cache_server
from core.models import ScheduledJob
from core.observability.tallies import tallies
from core.schedule.states import jobs_sync
from core.system.heartbeats import BEAT, DISPATCHER, WORKER, Pulse
from core.system.looks import backups
from core.system.looks import machine as machine_looks
from core.system.looks import servers as servers_looks
from tests.reliability import servers
from tests.reliability.servers import Valkey


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Every test begins with an empty cache server."""
    cache_server().redis.flushdb()
    tallies.forget()


@pytest.fixture
def well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site where everything runs: programs were heard of, and every job has succeeded just now.

    However long the machine of the tests takes for an answer says nothing about it.
    """
    monkeypatch.setattr(servers_looks, "SLOW_MILLISECONDS", 600_000)
    monkeypatch.setattr(machine_looks, "OFFSET_SECONDS_MAX", 600.0)
    Pulse(WORKER, ("email", "processing", "scheduled")).beat()
    Pulse(DISPATCHER).beat()
    Pulse(BEAT).beat()
    jobs_sync(ScheduledJob.objects.all())
    ScheduledJob.objects.update(
        last_started_at=timezone.now(), last_succeeded_at=timezone.now(), last_result=7
    )


@pytest.fixture
def roomy(settings: Any, safe: None) -> None:
    """However full the disk of the machine of the tests is, it is not what is tested."""
    settings.DISK_FREE_SHARE_MIN = 0.0


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backups are as they should be; what they are when they are not is tested with them."""
    fine = BackupsState(
        problems=(),
        newest=None,
        newest_verified=None,
        oldest_at=None,
        age_hours=3.25,
        count=17,
        size_bytes=1_000_000,
        last_drill=None,
        last_successful_drill=DrillRecord(backup="a", at="2026-01-01T00:00:00+00:00", seconds=41.5),
        busy="",
        root="/backups",
    )
    monkeypatch.setattr(backups, "backups_state", lambda: fine)


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A cache and broker of the test's own, to be stopped and paused."""
    with servers.valkey() as server:
        yield server


@pytest.fixture
def environment(valkey: Valkey, tmp_path: Path) -> dict[str, str]:
    """What a program needs to know to work on the test's database, broker and diary."""
    (tmp_path / "diary").touch()
    return {
        "DATABASE_URL": servers.database_url(str(connection.settings_dict["NAME"])),
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DIARY": str(tmp_path / "diary"),
    }
