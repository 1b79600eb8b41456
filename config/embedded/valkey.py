"""One Valkey server in a run directory: started, watched, stopped."""

import os
import signal
import socket
import subprocess
import time

from config.embedded.binaries import find_valkey
from config.embedded.errors import EmbeddedServerError
from config.embedded.logs import last_reason, open_log
from config.embedded.paths import RunPaths
from config.embedded.placement import private_directory
from config.embedded.postgres import refuse_foreign_listener
from config.embedded.processes import (
    POLL_SECONDS,
    death_signal_setter,
    end_processes,
    processes_in,
    stop_child,
)
from config.embedded.profiles import Profile

START_SECONDS = 150.0
STOP_SIGNALS = ((signal.SIGTERM, 15.0),)
LEFTOVER_SIGNALS = ((0, 2.0), (signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


class ValkeyServer:
    """A Valkey (or Redis) server owned by this process."""

    name = "valkey"

    def __init__(self, *, paths: RunPaths, profile: Profile) -> None:
        self.paths = paths
        self.profile = profile
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def start(self) -> None:
        """Start the server; returns when it answers. Raises EmbeddedServerError."""
        program = find_valkey()
        data = private_directory(self.paths.valkey_data)
        self._clear_leftovers()
        options = self.profile.valkey_options | {
            "unixsocket": os.fspath(self.paths.valkey_socket),
            "dir": os.fspath(data),
        }
        with open_log(self.paths.log(self.name)) as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [program, *(part for name, value in options.items() for part in (f"--{name}", value))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=death_signal_setter(signal.SIGTERM),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop the server cleanly, at the latest after some 15 seconds by force."""
        if self.process is not None:
            stop_child(self.process, signals=STOP_SIGNALS)

    def _clear_leftovers(self) -> None:
        def orphans() -> list[int]:
            return processes_in(self.paths.valkey_data, names=("valkey-server", "redis-server"))

        if not end_processes(orphans, signals=LEFTOVER_SIGNALS):
            raise EmbeddedServerError(
                f"Another server (process {orphans()[0]}) works on {self.paths.valkey_data} and does not stop: "
                "stop it, or set REDIS_URL."
            )
        refuse_foreign_listener(self.paths.valkey_socket, variable="REDIS_URL")
        self.paths.valkey_socket.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        log = self.paths.log(self.name)
        raise EmbeddedServerError(
            f"Valkey did not start: {last_reason(log, since=self._log_start)} (see {log})."
        )

    def _answers(self) -> bool:
        """Whether PING is answered with PONG; while it still loads its data the answer is an error."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2.0)
            try:
                connection.connect(os.fspath(self.paths.valkey_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False
