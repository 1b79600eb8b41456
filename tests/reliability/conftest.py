from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.reliability import servers
from tests.reliability.servers import Valkey


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A cache and broker of the test's own, to be stopped and paused."""
    with servers.valkey() as server:
        yield server


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    """Where the tests' handlers tell what they do."""
    path = tmp_path / "diary"
    path.touch()
    return path


@pytest.fixture
def environment(valkey: Valkey, diary: Path) -> dict[str, str]:
    """What a program needs to know to work on the test's database, broker and diary."""
    return {
        "DATABASE_URL": servers.database_url(str(connection.settings_dict["NAME"])),
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DIARY": str(diary),
    }
