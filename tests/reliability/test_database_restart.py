"""A database that is away, for a moment or for minutes, and is back: the pool has connections as soon as it is.

Under load, with the production server and through HTTP, tests/recovery/test_disaster.py restarts one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import psycopg_pool
import pytest

from config.embedded.paths import DATABASE_USER
from config.settings.databases import pool_config
from scripts.disaster.cluster import Cluster
from tests.reliability.servers import wait_until

ATTEMPTS = 8
"""Waiting twice as long after each, as pools do by themselves, so many attempts take more than two minutes."""
PATIENCE_SECONDS = 90
Pool = psycopg_pool.ConnectionPool[Any]
pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    home = Path(tempfile.mkdtemp(prefix="v-again-", dir="/tmp"))
    made = Cluster(home / "c", fsync="off", archive_mode="off")
    try:
        made.create(archive=home)
        made.start()
        yield made
    finally:
        made.remove()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def pool(cluster: Cluster) -> Iterator[Pool]:
    """A process's connections, as Django makes them from the site's own settings."""
    address = f"host={cluster.sockets} user={DATABASE_USER} dbname=postgres"
    options = pool_config() | {"timeout": 1.0}
    with psycopg_pool.ConnectionPool(
        address, check=psycopg_pool.ConnectionPool.check_connection, open=True, **options
    ) as made:
        yield made


def answers(pool: Pool) -> bool:
    """Whether a request would be answered."""
    try:
        with pool.connection() as session:
            return session.execute("SELECT 1").fetchone() == (1,)
    except (psycopg.Error, psycopg_pool.PoolTimeout):
        return False


def test_a_restart_is_noticed_by_nobody_who_comes_after_it(cluster: Cluster, pool: Pool) -> None:
    assert wait_until(lambda: answers(pool), seconds=PATIENCE_SECONDS)

    cluster.stop()
    cluster.start()

    assert wait_until(lambda: answers(pool), seconds=PATIENCE_SECONDS)


def test_after_a_long_absence_connections_are_there_at_once(cluster: Cluster, pool: Pool) -> None:
    assert wait_until(lambda: answers(pool), seconds=PATIENCE_SECONDS)
    cluster.stop()
    assert not answers(pool)
    before = pool.get_stats()["connections_errors"]

    def asked_often() -> bool:
        return bool(pool.get_stats()["connections_errors"] >= before + ATTEMPTS)

    assert wait_until(asked_often, seconds=PATIENCE_SECONDS), pool.get_stats()
    cluster.start()

    assert wait_until(lambda: answers(pool), seconds=PATIENCE_SECONDS)
