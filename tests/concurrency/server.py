"""The web server as it is deployed, on a free port, in front of the test's own database."""

from __future__ import annotations

import os
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


@contextmanager
def web_server(*, database: str, log: Path, redis_url: str | None = None) -> Iterator[int]:
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
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
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
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


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
