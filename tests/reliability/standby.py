"""A real streaming copy of the tests' PostgreSQL: `pg_basebackup`, then `postgres` on what it wrote."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connections

from config.embedded.binaries import find_postgres
from config.embedded.paths import DATABASE_USER, RunPaths
from config.embedded.placement import Placement, forget, place
from config.embedded.postgres import ENVIRONMENT
from config.embedded.privileges import choose_identity
from config.embedded.processes import end_processes, processes_in, stop_child
from tests.reliability.servers import wait_until

START_SECONDS = 240
OPTIONS = {
    "listen_addresses": "",
    "hot_standby": "on",
    "fsync": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "200ms",
}


class Standby:
    """A copy that can be stopped from replaying, killed and brought back."""

    def __init__(self) -> None:
        self.paths = RunPaths.of(tempfile.mkdtemp(prefix="v-copy-", dir="/tmp"))
        self.paths.sockets.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.paths.run_dir.chmod(0o755)
        self.process: subprocess.Popen[bytes] | None = None
        self._identity = choose_identity()
        self._placement = self._place()

    def _place(self) -> Placement:
        return place(paths=self.paths, identity=self._identity, programs=find_postgres())

    @property
    def settings(self) -> dict[str, Any]:
        """What Django's settings of this copy differ in from the primary's."""
        return {"HOST": str(self.paths.postgres_sockets), "PORT": "", "USER": DATABASE_USER, "PASSWORD": ""}

    def copy(self) -> None:
        """Copy the primary and remember where it is."""
        primary = connections["default"].settings_dict
        self._placement.data.mkdir(mode=0o700, exist_ok=True)
        command = [self._placement.bin_dir / "pg_basebackup", "--pgdata", self._placement.data, "-R"]
        command += ["--checkpoint", "fast", "--no-sync", "-h", primary["HOST"], "-U", primary["USER"]]
        command += ["-p", primary["PORT"]] if primary["PORT"] else []
        environment = ENVIRONMENT | ({"PGPASSWORD": primary["PASSWORD"]} if primary["PASSWORD"] else {})
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        self._placement = self._place()  # gives the files to who runs the server

    def start(self) -> None:
        """Start it; returns when it answers."""
        options = OPTIONS | {"unix_socket_directories": str(self._placement.sockets)}
        with (self.paths.run_dir / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self._placement.bin_dir / "postgres",
                    "-D",
                    self._placement.data,
                    *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
                ],
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                **self._identity.popen_arguments(death_signal=signal.SIGINT),
            )
        assert wait_until(self._answers, seconds=START_SECONDS), (self.paths.run_dir / "log").read_text()[
            -3000:
        ]

    def kill(self) -> None:
        """End the server and all its processes at once."""
        assert self.process is not None

        def ours() -> list[int]:
            return processes_in(self._placement.data, names=("postgres",))

        assert end_processes(ours, signals=((signal.SIGKILL, 20.0),))
        self.process.wait()
        (self._placement.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self._placement.sockets.glob(".s.PGSQL*"):
            leftover.unlink(missing_ok=True)

    def ask(self, sql: str) -> Any:
        """The first figure of an answer of the copy itself."""
        name = connections["default"].settings_dict["NAME"]
        with psycopg.connect(
            host=str(self.paths.postgres_sockets), user=DATABASE_USER, dbname=name, autocommit=True
        ) as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row else None

    def pause(self) -> None:
        """Let it take what the primary sends, and replay nothing of it."""
        self.ask("SELECT pg_wal_replay_pause()")
        assert wait_until(
            lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused", seconds=START_SECONDS
        )

    def resume(self) -> None:
        """Let it replay again."""
        self.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until it has replayed what is committed now."""
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            (position,) = cursor.fetchone()
            # An insert position may lie behind the last record; something that is logged takes it past there.
            cursor.execute("SELECT pg_logical_emit_message(true, 'tests', 'on')")
        assert wait_until(
            lambda: self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'"), seconds=START_SECONDS
        )

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.Error):
            return self.ask("SELECT 1") == 1
        return False


@contextlib.contextmanager
def standby() -> Iterator[Standby]:
    """A copy that runs, and is gone afterwards."""
    server = Standby()
    try:
        server.copy()
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            stop_child(server.process, signals=((signal.SIGQUIT, 10.0),))
        forget(server.paths)
        shutil.rmtree(server.paths.run_dir, ignore_errors=True)
