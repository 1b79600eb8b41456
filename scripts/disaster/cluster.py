"""A PostgreSQL cluster of one's own: on sockets only, durable, with its log archived, to be killed and destroyed."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from config.embedded.binaries import find_postgres
from config.embedded.errors import EmbeddedServerError
from config.embedded.paths import DATABASE_NAME, DATABASE_USER, RunPaths
from config.embedded.placement import forget, place
from config.embedded.postgres import ENVIRONMENT
from config.embedded.privileges import RunAs, choose_identity
from config.embedded.processes import POLL_SECONDS, end_processes, processes_in, stop_child

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
FAST = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
OPTIONS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "replica",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "track_commit_timestamp": "on",
    "archive_mode": "on",
    "archive_timeout": "60s",
}


class Cluster:
    """One server below `home`; `sockets` is where it is reached, and `data` where its files are."""

    def __init__(self, home: Path, **options: str) -> None:
        self.identity = choose_identity()
        if self.identity.run_as is RunAs.USER:
            raise EmbeddedServerError(
                "The archive program cannot run beside a PostgreSQL that had to become another user: run this as an "
                "ordinary user, or where root may make user namespaces."
            )
        self.paths = RunPaths.of(home)
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None
        for folder in (self.paths.run_dir, self.paths.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._programs = find_postgres()
        self._placement = place(paths=self.paths, identity=self.identity, programs=self._programs)

    @property
    def bin_dir(self) -> Path:
        """Where PostgreSQL's programs are."""
        return self._placement.bin_dir

    @property
    def data(self) -> Path:
        """The data directory that the server is started on."""
        return self._placement.data

    @property
    def sockets(self) -> Path:
        """The directory of its socket."""
        return self._placement.sockets

    @property
    def log(self) -> Path:
        """What it says."""
        return self.paths.run_dir / "postgres.log"

    @property
    def url(self) -> str:
        """Its address, as DATABASE_URL."""
        return f"postgresql://{DATABASE_USER}@/{self.sockets}/{DATABASE_NAME}"

    def create(self, *, archive: Path) -> None:
        """Make the cluster and write its configuration, which its base backups carry along."""
        command = [
            self.bin_dir / "initdb",
            "--pgdata",
            self.data,
            "--username",
            DATABASE_USER,
            "--auth",
            "trust",
        ]
        self._run([*command, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"])
        values = OPTIONS | {
            "unix_socket_directories": f"'{self.sockets}'",
            "archive_command": f"'{archive_command(archive)}'",
            **self.options,
        }
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in values.items())

    def start(self, data: Path | None = None, **options: str) -> None:
        """Start the server, on other data if some are named; returns when it lets us in. Raises EmbeddedServerError."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.bin_dir / "postgres",
                    *("-D", data or self.data),
                    *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                **self.identity.popen_arguments(death_signal=signal.SIGINT),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL did not start; it said: {self.said()[-1500:]}")
            time.sleep(POLL_SECONDS)

    def database_create(self) -> None:
        """Make the site's database, empty."""
        with self.connect() as session:
            session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))

    def stop(self) -> None:
        """Stop it as `pg_ctl stop --mode fast` does."""
        if self.process is not None:
            stop_child(self.process, signals=FAST)

    def destroy(self) -> None:
        """End every process of it at once, and delete its data."""
        data = self.data

        def ours() -> list[int]:
            return processes_in(data, names=("postgres",))

        if not end_processes(ours, signals=((signal.SIGKILL, 20.0),)):
            raise EmbeddedServerError("PostgreSQL could not be killed.")
        if self.process is not None:
            self.process.wait()
        shutil.rmtree(data)
        self.sockets_clear()

    def sockets_clear(self) -> None:
        """Remove the socket that a killed server left behind."""
        for leftover in self.sockets.glob(".s.PGSQL*"):
            leftover.unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop it and remove everything."""
        self.stop()
        forget(self.paths)
        shutil.rmtree(self.paths.run_dir, ignore_errors=True)

    def connect(self, database: str = "postgres", *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """A session, committing by itself unless told otherwise."""
        return psycopg.connect(
            host=str(self.sockets), user=DATABASE_USER, dbname=database, autocommit=autocommit
        )

    def ask(self, statement: str, database: str = "postgres") -> Any:
        """The first figure of an answer."""
        with self.connect(database) as session:
            row = session.execute(statement).fetchone()
        return row[0] if row else None

    def answers(self) -> bool:
        """Whether it lets us in."""
        try:
            return bool(self.ask("SELECT 1"))
        except psycopg.Error:
            return False

    def said(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _run(self, command: list[Any]) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
            **self.identity.popen_arguments(death_signal=signal.SIGKILL),
        )
        if done.returncode != 0:
            raise EmbeddedServerError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")


def archive_command(archive: Path) -> str:
    """As deploy/postgres has it, with the folder named."""
    words = [str(ROOT / "deploy" / "postgres" / "archive-wal"), os.fspath(archive)]
    program, folder = (shlex.quote(word).replace("%", "%%") for word in words)
    return f'{program} "%p" %f {folder}'
