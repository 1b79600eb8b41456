"""A Valkey of one's own to stop, pause and bring back, and Celery's workers in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from config.embedded.binaries import find_valkey
from config.embedded.processes import death_signal_setter, stop_child
from tests.concurrency.crowd import ROOT, database_url

__all__ = ["database_url"]
START_SECONDS = 120
POLL_SECONDS = 0.05


class Valkey:
    """A server on a socket of its own, without anything on disk."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="vacancy-valkey-", dir="/tmp"))
        self.socket = self.place / "s"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as REDIS_URL."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start it, empty; returns when it answers."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "save": "",
            "appendonly": "no",
            "dir": str(self.place),
        }
        self.process = subprocess.Popen(
            [find_valkey(), *(part for name, value in options.items() for part in (f"--{name}", value))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=death_signal_setter(signal.SIGKILL),  # noqa: PLW1509 - the tests have one thread here
        )
        assert wait_until(self._answers, seconds=START_SECONDS)

    def kill(self) -> None:
        """End it at once; whatever it knew is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def pause(self) -> None:
        """Let it be there and not answer."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it answer again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, contextlib.suppress(OSError):
            connection.settimeout(2.0)
            connection.connect(os.fspath(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False


@contextlib.contextmanager
def valkey() -> Iterator[Valkey]:
    """A running Valkey that is gone afterwards."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.process.send_signal(signal.SIGCONT)
            stop_child(server.process, signals=((signal.SIGTERM, 3.0),))
        shutil.rmtree(server.place, ignore_errors=True)


@contextlib.contextmanager
def program(*arguments: str, log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program in a process group of its own, which is ended with the block, however it is."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            stop_child(process, signals=((signal.SIGTERM, 5.0),))
        group_kill(process)


class Kept:
    """A program that is started again when it has ended, as the supervisor does.

    A worker of Celery that loses its broker at a bad moment ends ("'NoneType' object has no attribute 'hostname'").
    """

    def __init__(self, running: contextlib.ExitStack, start: Callable[[], Any]) -> None:
        self._running, self._start = running, start
        self._process: subprocess.Popen[bytes] = running.enter_context(start())

    def tend(self) -> bool:
        """Start it again if it has ended; true, so that a condition can begin with it."""
        if self._process.poll() is not None:
            self._process = self._running.enter_context(self._start())
        return True


def group_kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all its children at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def worker(*queues: str, processes: int, log: Path, environment: dict[str, str]) -> Any:
    """Celery's worker as it is deployed, with the handlers of the tests; use it as `program`."""
    options = ["--queues", ",".join(queues), "--concurrency", str(processes), "--loglevel", "INFO"]
    options += ["--without-gossip", "--without-mingle"]
    arguments = ["-m", "celery", "-A", "tests.reliability.programs", "--quiet", "worker", *options]
    return program(*arguments, log=log, environment=environment)


def dispatcher(*, log: Path, environment: dict[str, str]) -> Any:
    """`manage.py dispatch_outbox --celery --watch` with the tests' short leases; use it as `program`."""
    return program("-m", "tests.reliability.programs", log=log, environment=environment)


def wait_until(true: Callable[[], bool], *, seconds: float) -> bool:
    """Whether something became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
