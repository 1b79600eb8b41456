"""The site of the exercise: the production web server in front of a cluster and a cache of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.processes import stop_child
from config.supervisor.claims import HOST
from config.supervisor.programs import web_command
from scripts.disaster.cluster import ROOT
from scripts.disaster.ending import VARIABLE

START_SECONDS = 180.0
POLL_SECONDS = 0.02
FOREIGN = (
    "BROKER_URL",
    "PAGE_CACHE_URL",
    "REPLICA_URLS",
    "DATABASE_POOLER",
    "BACKUP_DATABASE_URL",
    "WAL_ARCHIVE",
    "WAL_STREAM",
)


class ExerciseFailed(Exception):
    """The exercise could not go on; the text says where and why."""


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def site_environment(home: Path, *, database_url: str, redis_url: str, backups: Path) -> dict[str, str]:
    """The variables of everything that runs: the exercise's own servers, and nobody else's."""
    own = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BACKUP_ROOT": str(backups),
        "MEDIA_ROOT": str(home / "media"),
        "PRIVATE_ROOT": str(home / "private"),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEBUG": "false",
        "LOG_LEVEL": "ERROR",
        "NUM_PROXIES": "1",  # the load names each guest's address as a proxy would
        "PYTHONUNBUFFERED": "1",
        VARIABLE: str(home),
    }
    return {name: value for name, value in os.environ.items() if name not in FOREIGN} | own


class Web:
    """The web server, as `make run` starts it."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.log = log
        self._environment = {**environment, "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns when it is ready. Raises ExerciseFailed."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                web_command(host=HOST, port=self.port),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not self.is_ready_within(START_SECONDS):
            raise ExerciseFailed(f"The site does not answer: {self.log.read_text()[-1000:]}")

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            stop_child(self.process, signals=((signal.SIGTERM, 10.0),))

    def is_ready(self) -> bool:
        """Whether it says that it can do its work."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def is_ready_within(self, seconds: float) -> bool:
        """Wait until it is ready, at most so long."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                return False
            time.sleep(POLL_SECONDS)
        return True


def module_run(*words: str, environment: Mapping[str, str]) -> str:
    """Run Python in a process of its own; what it printed. Raises ExerciseFailed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ExerciseFailed(f"{' '.join(words)} failed: {done.stderr.strip()[-1500:]}")
    return done.stdout


def last_json(text: str) -> Any:
    """The last line of what a program printed."""
    return json.loads(text.strip().splitlines()[-1])
