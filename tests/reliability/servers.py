"""A Valkey of one's own to stop, pause and bring back, and Celery's workers in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from config.embedded.binaries import find_valkey
from config.embedded.processes import death_signal_setter, stop_child

START_SECONDS = 30
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


def wait_until(true: Callable[[], bool], *, seconds: float) -> bool:
    """Whether something became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
