"""Clusters of the tests' own, whose log is archived, and what four writers did to one of them."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.test import override_settings

from config.embedded.binaries import find_postgres
from core.backups.wal.bases import BaseBackup
from core.backups.wal.creating import base_create
from scripts.disaster.cluster import Cluster
from tests.reliability.servers import wait_until

WRITERS = 4
WRITING_SECONDS = 2.0
PATIENCE_SECONDS = 240
QUICK = {"fsync": "off", "full_page_writes": "off", "max_wal_senders": "4"}
TABLES = """
CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer int, number int, note text);
CREATE TABLE total (writer int PRIMARY KEY, number int);
INSERT INTO total SELECT writer, 0 FROM generate_series(1, 4) writer;
"""
COMMIT = re.compile(r"tx:\s+(\d+),.*desc: COMMIT.*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
Row = tuple[int, int]


@dataclass
class Site:
    """A cluster, where its log goes, and the settings that lead there."""

    home: Path
    cluster: Cluster
    root: Path
    archive: Path

    def put_away(self) -> None:
        """Have everything that is written until now in the archive."""
        self.cluster.ask("SELECT pg_logical_emit_message(true, 'tests', 'on')")
        name = self.cluster.ask("SELECT pg_walfile_name(pg_switch_wal())")
        assert wait_until((self.archive / name).exists, seconds=PATIENCE_SECONDS), self.cluster.said()[-2000:]


def site_make(**options: str) -> Site:
    """A running cluster that archives."""
    home = Path(tempfile.mkdtemp(prefix="v-wal-", dir="/tmp"))
    root, archive = home / "backups", home / "backups" / "wal"
    archive.mkdir(parents=True)
    cluster = Cluster(home / "c", **QUICK | options)
    cluster.create(archive=archive)
    cluster.start()
    cluster.database_create()
    return Site(home, cluster, root, archive)


def site_remove(site: Site) -> None:
    site.cluster.remove()
    shutil.rmtree(site.home, ignore_errors=True)


def pointing_at(site: Site) -> override_settings:
    """Have the commands work on this cluster, in a with block."""
    return override_settings(
        BACKUP_ROOT=str(site.root),
        BACKUP_DATABASE_URL=site.cluster.url,
        WAL_ARCHIVE="",
        WAL_STREAM="",
        PG_BIN="",
    )


@dataclass
class History:
    """What was written, and when each of it was committed, in the order of the log."""

    site: Site
    bases: list[BaseBackup]
    commits: list[datetime]
    rows: dict[Row, datetime]

    def rows_by(self, moment: datetime) -> set[Row]:
        """What was committed by then."""
        return {row for row, committed in self.rows.items() if committed <= moment}

    def moments(self, many: int, *, seed: int) -> list[datetime]:
        """Random moments from the first base backup's end to the last commit, by turns before and after the second's.

        A clock is read before its commit gets its place in the log, so two may stand there the other way round; for a
        moment between such two, "committed by then" has no exact answer, and another is drawn.
        """
        chance = random.Random(seed)
        first, second, last = self.bases[0].ended_at, self.bases[1].ended_at, max(self.commits)
        found: list[datetime] = []
        while len(found) < many:
            begin, end = ((first, second), (second, last))[len(found) % 2]
            moment = begin + (end - begin) * chance.random()
            later = [committed > moment for committed in self.commits]
            if later == sorted(later):
                found.append(moment)
        return found


@pytest.fixture(scope="session")
def history() -> Iterator[History]:
    """Four writers at once, a base backup before them and one in their midst; the server is stopped afterwards."""
    site = site_make()
    try:
        with site.cluster.connect("vacancy") as session:
            session.execute(TABLES)
        with pointing_at(site):
            bases = [base_create()]
            stopping = threading.Event()
            threads = [
                threading.Thread(target=write, args=(site.cluster, number, stopping))
                for number in range(1, 1 + WRITERS)
            ]
            for thread in threads:
                thread.start()
            try:
                time.sleep(WRITING_SECONDS)
                bases.append(base_create())
                time.sleep(WRITING_SECONDS)
            finally:
                stopping.set()
                for thread in threads:
                    thread.join()
        with site.cluster.connect("vacancy") as session:
            rows: dict[Row, datetime] = {
                (writer, number): committed
                for writer, number, committed in session.execute(
                    "SELECT writer, number, pg_xact_commit_timestamp(xmin) FROM written"
                )
            }
        assert {writer for writer, _number in rows} == {1, 2, 3, 4}
        site.put_away()
        site.cluster.stop()
        yield History(site, bases, commits_in_log(site), rows)
    finally:
        site_remove(site)


@pytest.fixture
def of_history(history: History) -> Iterator[History]:
    """The same, with the settings of this test leading there."""
    with pointing_at(history.site):
        yield history


@pytest.fixture
def site() -> Iterator[Site]:
    """A running cluster of one test's own."""
    made = site_make()
    try:
        with pointing_at(made):
            yield made
    finally:
        site_remove(made)


def write(cluster: Cluster, writer: int, stopping: threading.Event) -> None:
    """Commit rows one after another, each with its sum in the same transaction; some are rolled back."""
    chance = random.Random(writer)
    with cluster.connect("vacancy", autocommit=False) as session:
        number = 0
        while not stopping.wait(chance.uniform(0, 0.03)):
            number += 1
            row = (writer, number, "x" * chance.randrange(20_000))
            for is_kept in (False, True) if chance.random() < 0.1 else (True,):
                session.execute("INSERT INTO written (writer, number, note) VALUES (%s, %s, %s)", row)
                session.execute("UPDATE total SET number = %s WHERE writer = %s", (number, writer))
                session.commit() if is_kept else session.rollback()


def commits_in_log(site: Site) -> list[datetime]:
    """The moments of all commits, in the order in which the log has them."""
    segments = sorted(path.name for path in site.archive.iterdir() if len(path.name) == 24)
    said = subprocess.run(
        [
            find_postgres().bin_dir / "pg_waldump",
            "--path",
            site.archive,
            "--rmgr",
            "Transaction",
            segments[0],
            segments[-1],
        ],
        capture_output=True,
        text=True,
        env={"TZ": "UTC", "LC_ALL": "C"},
        check=False,
    )
    return [datetime.fromisoformat(match[2]).replace(tzinfo=UTC) for match in COMMIT.finditer(said.stdout)]


def restored_rows(site: Site, folder: Path) -> tuple[set[Row], dict[int, int]]:
    """Start a server on a restored folder, read what is there, and stop it."""
    site.cluster.start(folder, hot_standby="off", fsync="off")
    try:
        with site.cluster.connect("vacancy") as session:
            rows = set(session.execute("SELECT writer, number FROM written").fetchall())
            totals = dict(session.execute("SELECT writer, number FROM total").fetchall())
            assert session.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    except psycopg.Error as error:
        raise AssertionError(site.cluster.said()[-3000:]) from error
    finally:
        site.cluster.stop()
    return rows, totals
