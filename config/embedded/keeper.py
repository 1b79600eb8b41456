"""The keeper: the process that owns the servers of one run directory for as long as anybody uses them.

Started by `session.start_services` as `python -m config.embedded.keeper RUN_DIR PROFILE FD`, where FD is its first
user's connection, so that it never exists without a user.
"""

import contextlib
import fcntl
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import cast

from config.embedded import protocol
from config.embedded.errors import EmbeddedServerError
from config.embedded.logs import open_log
from config.embedded.paths import RunPaths
from config.embedded.placement import forget, private_directory
from config.embedded.postgres import PostgresServer
from config.embedded.processes import POLL_SECONDS
from config.embedded.profiles import PROFILES, Profile
from config.embedded.valkey import ValkeyServer

LOCK_SECONDS = 60.0
WATCH_SECONDS = 0.25
# A server that was killed is started again: at once, then ever more slowly while it keeps failing.
RESTART_DELAYS_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
HEALTHY_SECONDS = 30.0
SERVERS: dict[str, type[PostgresServer | ValkeyServer]] = {
    PostgresServer.name: PostgresServer,
    ValkeyServer.name: ValkeyServer,
}


class Watched:
    """A running server and its record of failures."""

    def __init__(self, server: PostgresServer | ValkeyServer) -> None:
        self.server = server
        self.failures = 0
        self.started_at = time.monotonic()
        self.restart_at: float | None = None

    def watch(self) -> None:
        """Start the server again, with back-off, when it has ended by itself."""
        now = time.monotonic()
        if self.restart_at is None:
            process = self.server.process
            if process is not None and process.poll() is None:
                return
            if now - self.started_at > HEALTHY_SECONDS:
                self.failures = 0
            delay = RESTART_DELAYS_SECONDS[min(self.failures, len(RESTART_DELAYS_SECONDS) - 1)]
            self.failures += 1
            self.restart_at = now + delay
            _say(f"{self.server.name} has ended unexpectedly; starting it again in {delay:g} s")
        if now >= self.restart_at:
            self.restart_at = None
            self.started_at = now
            try:
                self.server.start()
                _say(f"{self.server.name} is back")
            except EmbeddedServerError as error:
                _say(str(error))


class Keeper:
    """Serves users one message at a time; everything happens in one thread."""

    def __init__(self, *, paths: RunPaths, profile: Profile) -> None:
        self.paths = paths
        self.profile = profile
        self.watched: dict[str, Watched] = {}
        self.users: set[socket.socket] = set()
        self.selector = selectors.DefaultSelector()
        self.stopping = False
        self.last_user: socket.socket | None = None

    def run(self, first_user: socket.socket) -> None:
        """Serve until the last user has left."""
        self._add(first_user)
        with self._listen() as listener:
            self.selector.register(listener, selectors.EVENT_READ)
            while self.users and not self.stopping:
                for key, _events in self.selector.select(WATCH_SECONDS):
                    ready = cast(socket.socket, key.fileobj)
                    if ready is listener:
                        connection, _address = listener.accept()
                        self._add(connection)
                    else:
                        self._serve(ready)
                for watched in self.watched.values():
                    watched.watch()
            # From here on nobody can attach: whoever tries starts a new keeper, which waits for our lock.
            self.paths.keeper_socket.unlink(missing_ok=True)

    def stop_servers(self) -> None:
        """Stop what was started, the broker first."""
        for watched in reversed(self.watched.values()):
            watched.server.stop()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.paths.keeper_socket.unlink(missing_ok=True)
        listener.bind(os.fspath(self.paths.keeper_socket))
        listener.listen(64)
        return listener

    def _add(self, connection: socket.socket) -> None:
        connection.settimeout(10.0)
        self.users.add(connection)
        self.selector.register(connection, selectors.EVENT_READ)

    def _remove(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        self.users.discard(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            message = protocol.receive(connection)
        except (OSError, ValueError):
            message = None
        if message is None:
            self._remove(connection)
            connection.close()
        elif "leave" in message:
            self._remove(connection)
            if self.users:
                with contextlib.suppress(OSError):
                    protocol.send(connection, staying=True)
                connection.close()
            else:
                # Kept open until this process ends: that end is the answer.
                self.last_user = connection
        else:
            self._attach(connection, servers=message.get("attach", []))

    def _attach(self, connection: socket.socket, *, servers: list[str]) -> None:
        try:
            for name in servers:
                self._ensure(name)
        except EmbeddedServerError as error:
            answer: dict[str, object] = {"error": str(error)}
            _say(str(error))
        else:
            answer = {"ready": True}
        with contextlib.suppress(OSError):
            protocol.send(connection, **answer)

    def _ensure(self, name: str) -> None:
        if name in self.watched:
            self.watched[name].watch()
            return
        server = SERVERS[name](paths=self.paths, profile=self.profile)
        server.start()
        self.watched[name] = Watched(server)


def main(arguments: list[str]) -> int:
    """Keep the servers of a run directory; the exit status is 0 unless the keeper could not begin."""
    run_dir, profile_name, descriptor = arguments
    paths = RunPaths.of(run_dir)
    profile = PROFILES[profile_name]
    first_user = socket.socket(fileno=int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _prepare(paths)
        lock = _lock(paths.keeper_lock)
    except EmbeddedServerError as error:
        protocol.send(first_user, error=str(error))
        return 1
    keeper = Keeper(paths=paths, profile=profile)
    signal.signal(signal.SIGTERM, lambda *_: setattr(keeper, "stopping", True))
    try:
        keeper.run(first_user)
    except Exception as error:
        with contextlib.suppress(OSError):
            protocol.send(first_user, error=f"The keeper of the embedded servers failed: {error}.")
        raise
    finally:
        keeper.stop_servers()
        if not profile.keeps_data:
            forget(paths)
            shutil.rmtree(paths.run_dir, ignore_errors=True)
        os.close(lock)
    return 0


def _prepare(paths: RunPaths) -> None:
    private_directory(paths.run_dir)
    private_directory(paths.sockets)
    log = open_log(paths.log("keeper"))
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log.fileno(), stream.fileno())


def _lock(path: Path) -> int:
    """Take the run directory for this keeper, waiting for an earlier one that is still stopping its servers."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except OSError:
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"Another keeper of the embedded servers still holds {path} after {LOCK_SECONDS:g} s: end it."
                ) from None
            time.sleep(POLL_SECONDS)


def _say(message: str) -> None:
    print(time.strftime("%Y-%m-%d %H:%M:%S"), message, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
