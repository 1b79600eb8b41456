"""One PostgreSQL cluster in a run directory: created once, started, watched, stopped."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from config.embedded.binaries import find_postgres
from config.embedded.errors import EmbeddedServerError
from config.embedded.logs import last_reason, open_log
from config.embedded.paths import DATABASE_NAME, DATABASE_USER, POSTGRES_SOCKET_NAME, RunPaths
from config.embedded.placement import Placement, place
from config.embedded.privileges import choose_identity
from config.embedded.processes import POLL_SECONDS, end_processes, processes_in, stop_child
from config.embedded.profiles import Profile

START_SECONDS = 150.0
# psql's variable `name` is the database's; \gexec runs what the query gives, which is nothing when it exists.
CREATE_DATABASE = rb"""
SELECT format('CREATE DATABASE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
"""
# SIGINT is PostgreSQL's fast shutdown: disconnect everybody, roll back, write a checkpoint. SIGQUIT gives up at once.
STOP_SIGNALS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
LEFTOVER_SIGNALS = ((0, 2.0), (signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C", "TZ": "UTC"}


class PostgresServer:
    """A PostgreSQL server owned by this process."""

    name = "postgres"

    def __init__(self, *, paths: RunPaths, profile: Profile) -> None:
        self.paths = paths
        self.profile = profile
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._lock: int | None = None

    def start(self) -> None:
        """Start the server, creating cluster and database when they are absent; returns when it answers.

        Raises EmbeddedServerError.
        """
        identity = choose_identity()
        programs = find_postgres(major=self._data_major())
        placement = place(paths=self.paths, identity=identity, programs=programs)
        spawn = identity.popen_arguments(death_signal=signal.SIGINT)
        if not (placement.data / "PG_VERSION").exists():
            self._create_cluster(placement, spawn)
        self._claim(placement)
        self._clear_leftovers(placement)
        options = self.profile.postgres_options | {"unix_socket_directories": str(placement.sockets)}
        with open_log(self.paths.log(self.name)) as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [
                    placement.bin_dir / "postgres",
                    "-D",
                    placement.data,
                    *(argument for name, value in options.items() for argument in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                **spawn,
            )
        self._wait_until_ready(placement)
        self._create_database(programs.bin_dir)

    def stop(self) -> None:
        """Stop the server cleanly, at the latest after some 45 seconds by force."""
        if self.process is not None:
            stop_child(self.process, signals=STOP_SIGNALS)

    def _data_major(self) -> int | None:
        try:
            return int((self.paths.postgres_data / "PG_VERSION").read_text().split(".")[0])
        except (OSError, ValueError):
            return None

    def _create_cluster(self, placement: Placement, spawn: dict[str, object]) -> None:
        """Run initdb beside the final place and rename, so that an interrupted run leaves no half cluster behind."""
        if placement.data.exists() and any(placement.data.iterdir()):
            raise EmbeddedServerError(
                f"{placement.data} holds files but no PostgreSQL cluster: remove it, or set DATABASE_URL."
            )
        partial = placement.data.with_name(f"{placement.data.name}.partial")
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(mode=0o700)
        owner = placement.sockets.stat()
        os.chown(partial, owner.st_uid, owner.st_gid)
        command = [
            placement.bin_dir / "initdb",
            "--pgdata",
            partial,
            "--username",
            DATABASE_USER,
            "--auth",
            "trust",
        ]
        command += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
        if not self.profile.keeps_data:
            command += ["--no-sync"]
        with open_log(self.paths.log("initdb")) as log:
            result = subprocess.run(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                check=False,
                **spawn,
            )
        if result.returncode != 0:
            raise EmbeddedServerError(
                f"PostgreSQL could not create a cluster in {placement.data}: "
                f"{last_reason(self.paths.log('initdb'))} (see {self.paths.log('initdb')})."
            )
        if placement.data.exists():
            placement.data.rmdir()
        partial.rename(placement.data)

    def _claim(self, placement: Placement) -> None:
        """Lock the data for as long as this process lives: a copied run directory links to the same data."""
        if self._lock is not None:
            return
        lock = os.open(placement.data, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise EmbeddedServerError(
                f"Another copy of this project is running on {placement.data}: stop it, or set DATABASE_URL."
            ) from None
        self._lock = lock

    def _clear_leftovers(self, placement: Placement) -> None:
        """Make room after a crash: end orphaned servers on this data, remove lock files whose owner is gone.

        PostgreSQL trusts a process id in its lock files as long as any process has that id, so a reused id would keep
        it from starting for ever. Our lock on the data makes sure that no other keeper works on it.
        """

        def orphans() -> list[int]:
            return processes_in(placement.data, names=("postgres",))

        if not end_processes(orphans, signals=LEFTOVER_SIGNALS):
            raise EmbeddedServerError(
                f"Another PostgreSQL (process {orphans()[0]}) works on {placement.data} and does not stop: stop it, or "
                "set DATABASE_URL."
            )
        endpoint = placement.sockets / POSTGRES_SOCKET_NAME
        refuse_foreign_listener(endpoint, variable="DATABASE_URL")
        lock = endpoint.with_name(f"{POSTGRES_SOCKET_NAME}.lock")
        for leftover in (placement.data / "postmaster.pid", endpoint, lock):
            leftover.unlink(missing_ok=True)

    def _wait_until_ready(self, placement: Placement) -> None:
        """Wait for "ready" in the server's pid file, as pg_ctl does; crash recovery counts as waiting."""
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if _pid_file_says_ready(placement.data / "postmaster.pid", pid=self.process.pid):
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        log = self.paths.log(self.name)
        raise EmbeddedServerError(
            f"PostgreSQL did not start: {last_reason(log, since=self._log_start)} (see {log})."
        )

    def _create_database(self, bin_dir: Path) -> None:
        """Create our database unless it exists."""
        options = (
            f"-XqAt -v ON_ERROR_STOP=1 -v name={DATABASE_NAME} -U {DATABASE_USER} -d postgres -h".split()
        )
        result = subprocess.run(
            [bin_dir / "psql", *options, self.paths.postgres_sockets],
            input=CREATE_DATABASE,
            capture_output=True,
            env=ENVIRONMENT,
            check=False,
        )
        if result.returncode != 0:
            reason = result.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise EmbeddedServerError(f"The database {DATABASE_NAME} could not be created: {''.join(reason)}")


def refuse_foreign_listener(endpoint: Path, *, variable: str) -> None:
    """Raise EmbeddedServerError when somebody accepts connections at `endpoint`; our own server is known not to run."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
        probe.settimeout(2.0)
        probe.connect(os.fspath(endpoint))
        raise EmbeddedServerError(
            f"Another program is listening at {endpoint}: stop it, or set {variable} to a server of your own."
        )


def _pid_file_says_ready(path: Path, *, pid: int) -> bool:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
