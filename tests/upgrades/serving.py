"""The production server, as `make run` starts it, in front of the test's database; started and stopped by the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.supervisor.programs import WEB_STOP_SECONDS, web_command
from tests.concurrency.crowd import ROOT, database_url
from tests.concurrency.server import free_port, wait_until_ready

PATIENCE_SECONDS = 300


class Server:
    """A running web server: its port, and how to end it."""

    def __init__(
        self,
        *,
        database: str,
        log: Path,
        settings: str = "config.settings.test",
        extra: dict[str, str] | None = None,
        port: int = 0,
        stop_seconds: int = WEB_STOP_SECONDS,
    ) -> None:
        self.port = port or free_port()
        self.log = log
        environment = os.environ | {
            "DATABASE_URL": database_url(database),
            "DJANGO_SETTINGS_MODULE": settings,
        }
        environment |= extra or {}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *web_command(host="127.0.0.1", port=self.port, stop_seconds=stop_seconds)[1:],
                ],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> Server:
        """Wait for the first answer."""
        wait_until_ready(self.port, self.process, self.log)
        return self

    def stop(self) -> int:
        """Ask it to stop, as an operator's service manager does, and give its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def ended(*servers: Server) -> Iterator[None]:
    """End servers with the block that the test has not ended itself."""
    try:
        yield
    finally:
        for server in servers:
            # With all of its processes: those of a server that is killed go on without it.
            with suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()
