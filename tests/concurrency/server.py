"""The web server as it is deployed, on a free port, in front of the test's own database."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.concurrency.crowd import ROOT, database_url

START_SECONDS = 120
STOP_SECONDS = 10
PROCESSES = 2
THREADS = 4
FIRST_PORT, PORT_SHARES, PORTS_OF_SHARE = 16_000, 16, 1_000
_numbers = itertools.count(secrets.randbelow(PORTS_OF_SHARE))


@contextmanager
def web_server(
    *, database: str, log: Path, redis_url: str | None = None, settings: str = "config.settings.test"
) -> Iterator[int]:
    """Run granian with two processes and give its port; what it says goes to `log`.

    ``redis_url`` names a cache and broker of its own, instead of the tests'.
    """
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--no-ws"),
        *("--workers-kill-timeout", "4", "--log-level", "warning", "config.wsgi:application"),
    ]
    environment = os.environ | {
        "DATABASE_URL": database_url(database),
        "DJANGO_SETTINGS_MODULE": settings,
    }
    if redis_url is not None:
        environment["REDIS_URL"] = redis_url
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(port, server, log)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def free_port() -> int:
    """A loopback port that nobody listens on, and that nobody else is given until the server does.

    It lies below those that the system gives to whoever asks for any, among those of this process of the tests.
    """
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0) % PORT_SHARES
    for _attempt in range(PORTS_OF_SHARE):
        port = FIRST_PORT + worker * PORTS_OF_SHARE + next(_numbers) % PORTS_OF_SHARE
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As servers do: what is left of a former connection does not matter.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the first answer."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"the server does not answer: {log.read_text()}")
