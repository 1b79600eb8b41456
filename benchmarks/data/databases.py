"""Databases with data of some sizes: made when they are missing, outdated or old, and kept."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.data.sizes import Size
from benchmarks.errors import BenchmarkError
from benchmarks.servers import ROOT, run_module, with_database
from config.embedded.paths import DATABASE_USER, RunPaths

TEMPLATE = "bench_template"
FILLING = ("build.py", "houses.py", "inserting.py", "rows.py", "sizes.py")
KEPT_DAYS = 30
"""The data is about the day it was made on."""


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of one run directory whose servers run; ``environment`` is that of processes that use them."""

    run_dir: Path
    environment: dict[str, str]

    def ensure(self, size: Size, *, rebuild: bool = False) -> float | None:
        """Have a database of this size; the seconds it took, None if it was there. Raises BenchmarkError."""
        schema, wanted = schema_fingerprint(), data_fingerprint()
        if not rebuild and self._is_current(size.database, wanted):
            return None
        started = time.monotonic()
        if not self._is_current(TEMPLATE, schema, days=None):
            self._template_make(schema)
        print(
            f"Building {size.bookings:,} bookings of {size.properties} houses ...",
            file=sys.stderr,
            flush=True,
        )
        self.forget(size.database)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), size.database, TEMPLATE)
        run_module(
            "benchmarks.data.build", size.name, environment=with_database(self.environment, size.database)
        )
        self._note(size.database, wanted)
        return time.monotonic() - started

    def _template_make(self, wanted: str) -> None:
        print("Migrating an empty database ...", file=sys.stderr, flush=True)
        self.forget(TEMPLATE)
        self._execute(sql.SQL("CREATE DATABASE {}"), TEMPLATE)
        result = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env=with_database(self.environment, TEMPLATE),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise BenchmarkError(f"The database could not be migrated: {result.stderr.strip()[-2000:]}")
        self._note(TEMPLATE, wanted)

    def copy(self, size: Size, name: str) -> dict[str, str]:
        """Copy the data of a size, to be changed and dropped; the environment of who uses the copy.

        All of it is on the disk at the end: what waits to be written would slow down the commits that are measured.
        """
        self.forget(name)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"), name, size.database)
        self._execute(sql.SQL("CHECKPOINT"))
        os.sync()
        return with_database(self.environment, name)

    def forget(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _is_current(self, name: str, wanted: str, *, days: int | None = KEPT_DAYS) -> bool:
        with self._connect() as connection:
            row = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        known, _space, built_on = str((row and row[0]) or "").partition(" ")
        if known != wanted:
            return False
        return days is None or (_today() - date.fromisoformat(built_on)).days < days

    def _note(self, name: str, wanted: str) -> None:
        """Say in the database's comment that it is complete, for which code, and since when."""
        comment = sql.Literal(f"{wanted} {_today().isoformat()}")
        with self._connect() as connection:
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), comment))

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        sockets = RunPaths.of(self.run_dir).postgres_sockets
        return psycopg.connect(host=str(sockets), user=DATABASE_USER, dbname="postgres", autocommit=True)


def schema_fingerprint() -> str:
    """What the tables depend on: every migration."""
    return _digest(ROOT.glob("*/migrations/*.py"))


def data_fingerprint() -> str:
    """What the data depends on: the tables, and the code that fills them."""
    filling = [ROOT / "benchmarks" / "data" / name for name in FILLING]
    return _digest([*ROOT.glob("*/migrations/*.py"), *filling])


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _today() -> date:
    return datetime.now(tz=UTC).date()
