"""The exercise itself: set up, load, restart, destroy, recover by the document, prove."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.embedded.paths import DATABASE_USER, RunPaths
from config.embedded.profiles import PROFILES
from config.embedded.valkey import ValkeyServer
from scripts.disaster.cluster import ROOT, Cluster
from scripts.disaster.document import Chapter, chapter
from scripts.disaster.ending import end_all
from scripts.disaster.load import Load
from scripts.disaster.proof import bookings_missing, checks_run
from scripts.disaster.site import ExerciseFailed, Web, last_json, module_run, site_environment

SET_UP, LOST = "Set it up", "The server is lost"
READY_SECONDS_MAX = 5.0
PATIENCE_SECONDS = 180.0
PAUSE_SECONDS = 0.05
SYNCHRONOUS = {"synchronous_standby_names": "'vacancy_wal'", "wal_keep_size": "0"}
Say = Callable[[str], None]


@dataclass
class Report:
    """What happened. Times are in seconds; `problems` are sentences, and none means that all of it went well."""

    bookings: int = 0
    payments: int = 0
    acknowledged_before: int = 0
    restart_server_seconds: float = 0.0
    restart_site_seconds: float = 0.0
    restart_booking_seconds: float = 0.0
    recovery_seconds: float = 0.0
    first_booking_seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    checks: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"first_booking_minutes": round(self.first_booking_seconds / 60, 2)}


@contextlib.contextmanager
def exercise_home() -> Iterator[Path]:
    """A folder that is gone afterwards with every process that was started for it, however this one ends."""
    home = Path(tempfile.mkdtemp(prefix="v-dis-", dir="/tmp"))
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.disaster.ending", str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,
    ) as ending:
        try:
            yield home
        finally:
            assert ending.stdin is not None
            ending.stdin.close()
            ending.wait()


class Exercise:
    """One run."""

    def __init__(self, home: Path, *, say: Say, guests: int, seed: int, pause_seconds: float) -> None:
        self.home, self.say, self.report = home, say, Report()
        self.backups = home / "backups"
        (self.backups / "wal").mkdir(parents=True)
        self.cluster = Cluster(home / "db", **SYNCHRONOUS)
        self.valkey = ValkeyServer(paths=RunPaths.of(home / "cache"), profile=PROFILES["throw-away"])
        for folder in (self.valkey.paths.run_dir, self.valkey.paths.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.environment = site_environment(
            home,
            database_url=self.cluster.url,
            redis_url=f"unix://{self.valkey.paths.valkey_socket}?db=0",
            backups=self.backups,
        )
        self.web = Web(self.environment, home / "web.log")
        self.load: Load | None = None
        self._guests, self._seed, self._pause_seconds = guests, seed, pause_seconds

    def set_up(self) -> None:
        """Servers, schema, a house, the log kept, a base backup, and the site."""
        self.say("Setting up the servers, the house and the archive ...")
        self.valkey.start()
        self.cluster.create(archive=self.backups / "wal")
        self.cluster.start()
        receiving = chapter(SET_UP).commands
        first_base = next(number for number, command in enumerate(receiving) if "manage.py" in command)
        self._do(Chapter(SET_UP, receiving[:first_base]))
        self.cluster.database_create()
        module_run("manage.py", "migrate", "--verbosity", "0", environment=self.environment)
        house = last_json(module_run("-m", "scripts.disaster.house", environment=self.environment))
        self.web.start()
        self.load = Load(
            self.web.port, house, guests=self._guests, seed=self._seed, pause_seconds=self._pause_seconds
        )
        self.load.start()
        self._wait_for(1)
        self.say("Guests are booking; the first base backup is made under them ...")
        self._do(Chapter(SET_UP, receiving[first_base:]))

    def restart(self) -> None:
        """Restart the database as an operator does, and see how long the site takes after it."""
        self.say("Restarting the database under them ...")
        begun = time.monotonic()
        self.cluster.stop()
        self.cluster.start()
        ready = time.monotonic()
        if not self.web.is_ready_within(PATIENCE_SECONDS):
            raise ExerciseFailed("The site was not ready again after the database was restarted.")
        site_ready = time.monotonic()
        booked = self._first_booking_after(ready)
        self.report.restart_server_seconds = round(ready - begun, 2)
        self.report.restart_site_seconds = round(site_ready - ready, 2)
        self.report.restart_booking_seconds = round(booked - ready, 2)

    def destroy(self) -> float:
        """Kill the database in the midst of bookings, and delete its data. When that was done."""
        assert self.load is not None
        self.say(f"{len(self.load.acknowledged)} bookings acknowledged. Destroying the database ...")
        self.cluster.destroy()
        destroyed = time.monotonic()
        self._receiver_stop()
        self.report.acknowledged_before = len(self.load.acknowledged)
        return destroyed

    def recover(self, destroyed: float) -> None:
        """Do what the document says, command by command."""
        self.say("Recovering by the commands of docs/recovery.md:")
        started = 0.0
        for command in chapter(LOST).commands:
            self._command(command)
            if "pg_isready" in command:
                started = time.monotonic()
        self.report.recovery_seconds = round(started - destroyed, 1)
        self.report.first_booking_seconds = round(self._first_booking_after(destroyed) - destroyed, 1)

    def prove(self) -> None:
        """Compare what is there with what the guests were told."""
        assert self.load is not None
        load = self.load
        load.stop()
        self.say(f"Looking for {len(load.acknowledged)} acknowledged bookings ...")
        report = self.report
        report.bookings = len(load.acknowledged)
        report.payments = sum(one.is_paid for one in load.acknowledged.values())
        report.statuses = dict(sorted(load.statuses.items()))
        report.problems += bookings_missing(load, self.cluster)
        report.problems += load.wrong
        report.checks = checks_run(self.environment)
        report.problems += [
            f"{name}: {counts}" for name, counts in report.checks.items() if list(counts.values())[1]
        ]

    def stop(self) -> None:
        """Stop what can be stopped kindly; the rest ends with the exercise's folder."""
        if self.load is not None:
            self.load.stop()
        self.web.stop()
        self.cluster.stop()
        self.valkey.stop()

    def _do(self, part: Chapter) -> None:
        for command in part.commands:
            self._command(command)

    def _command(self, command: str) -> None:
        """Run a command as it stands in the document, as whoever runs PostgreSQL. Raises ExerciseFailed."""
        self.say(f"  $ {command}")
        started = time.monotonic()
        python = ".venv/bin/python"
        typed = command if (ROOT / python).exists() else command.replace(python, sys.executable)
        with (self.home / "command.log").open("w+b") as said:
            done = subprocess.run(
                ["/bin/bash", "-c", typed],
                cwd=ROOT,
                env=self.environment
                | {
                    "PATH": f"{self.cluster.bin_dir}:{self.environment['PATH']}",
                    "PGHOST": str(self.cluster.sockets),
                    "PGUSER": DATABASE_USER,
                    "RESTORED": str(self.home / "restored"),
                },
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                **self.cluster.identity.popen_arguments(death_signal=0),
            )
            said.seek(0)
            text = said.read().decode(errors="replace").strip()
        self.report.commands.append(command)
        for line in text.splitlines():
            self.say(f"    {line}")
        if done.returncode != 0:
            raise ExerciseFailed(f"{command} ended with {done.returncode}: {text[-1500:]}")
        self.say(f"    ({time.monotonic() - started:.1f} s)")

    def _receiver_stop(self) -> None:
        """As `systemctl stop` would; what it has received stays."""
        end_all(str(self.home), called="receive-wal")
        end_all(str(self.home), called="pg_receivewal")

    def _wait_for(self, many: int) -> None:
        assert self.load is not None
        if not self.load.wait_for(many, seconds=PATIENCE_SECONDS):
            raise ExerciseFailed(
                f"No booking was acknowledged; the site said {dict(self.load.statuses)} {list(self.load.refused)[:3]}."
            )

    def wait_for_more(self, many: int) -> None:
        """Let the guests book so many more."""
        assert self.load is not None
        self._wait_for(len(self.load.acknowledged) + many)

    def _first_booking_after(self, moment: float) -> float:
        assert self.load is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (booked := self.load.first_after(moment)) is None:
            if time.monotonic() > deadline:
                raise ExerciseFailed(f"No booking was acknowledged any more: {dict(self.load.statuses)}.")
            time.sleep(0.02)
        return booked


def exercise_run(
    *, say: Say, bookings: int, guests: int, seed: int, pause_seconds: float = PAUSE_SECONDS
) -> Report:
    """The whole exercise; `bookings` are made before the restart, and again before the end.

    Each guest rests for `pause_seconds` between two of them. Raises ExerciseFailed.
    """
    with exercise_home() as home:
        exercise = Exercise(home, say=say, guests=guests, seed=seed, pause_seconds=pause_seconds)
        try:
            exercise.set_up()
            exercise.wait_for_more(bookings)
            exercise.restart()
            exercise.wait_for_more(bookings)
            exercise.recover(exercise.destroy())
            exercise.wait_for_more(max(1, bookings // 2))
            exercise.prove()
        finally:
            exercise.stop()
        return exercise.report
