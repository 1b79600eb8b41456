"""Using the embedded servers: attach to the keeper of a run directory, starting one when there is none."""

import atexit
import contextlib
import fcntl
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.embedded import protocol
from config.embedded.errors import EmbeddedServerError
from config.embedded.paths import RunPaths, ServiceURLs, service_urls
from config.embedded.placement import private_directory

PROJECT_ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 180.0


class Session:
    """A claim on the servers; they run at least until `leave` is called or this process ends."""

    def __init__(
        self, *, urls: ServiceURLs, connection: socket.socket | None, keeper: subprocess.Popen[bytes] | None
    ) -> None:
        self.urls = urls
        self._connection = connection
        self._keeper = keeper
        self._owner_pid = os.getpid()

    def is_alive(self) -> bool:
        """Whether the keeper lives; a keeper that was killed took the servers along."""
        if self._connection is None:
            return True
        # It says nothing that was not asked for: whatever there is to read is its end.
        looking = select.poll()
        looking.register(self._connection, select.POLLIN)
        return not looking.poll(0)

    def leave(self) -> None:
        """Give up the claim. The last one waits until the servers have stopped and no process is left."""
        connection, self._connection = self._connection, None
        if connection is None or os.getpid() != self._owner_pid:
            return
        with contextlib.closing(connection):
            try:
                protocol.send(connection, leave=True)
                staying = protocol.receive(connection)
            except OSError:
                return
        if self._keeper is not None and staying is None:
            self._keeper.wait()


def start_services(run_dir: Path | str, *, profile: str = "development") -> Session:
    """Return a claim on running servers, starting those that do not run and are not given by the environment.

    `DATABASE_URL` and `REDIS_URL` stand for a server of one's own: that one is not started. With profile `throw-away`
    the servers trade durability for speed, and the run directory is removed at the end. Raises EmbeddedServerError.
    """
    paths = RunPaths.of(run_dir)
    urls = service_urls(run_dir)
    wanted = [
        name
        for name, variable in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
        if not os.environ.get(variable)
    ]
    if not wanted:
        return Session(urls=urls, connection=None, keeper=None)
    private_directory(paths.run_dir)
    private_directory(paths.sockets)
    session = _use_running_keeper(paths, wanted, urls) or _start_keeper(paths, wanted, urls, profile=profile)
    atexit.register(session.leave)
    return session


@contextlib.contextmanager
def services(run_dir: Path | str, *, profile: str = "development") -> Iterator[Session]:
    """Hold the servers for the length of a with block."""
    session = start_services(run_dir, profile=profile)
    try:
        yield session
    finally:
        session.leave()


def _use_running_keeper(paths: RunPaths, wanted: list[str], urls: ServiceURLs) -> Session | None:
    """Attach to the keeper that runs; None when there is none, or when it is just ending."""
    try:
        connection = _connect(paths)
    except OSError:
        return None
    return _attach(connection, wanted, urls, keeper=None)


def _start_keeper(paths: RunPaths, wanted: list[str], urls: ServiceURLs, *, profile: str) -> Session:
    """Start a keeper and attach to it. The lock lets one process do so while the others wait for it."""
    with paths.start_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        session = _use_running_keeper(paths, wanted, urls)
        if session is None:
            connection, keeper = _spawn_keeper(paths, profile=profile)
            session = _attach(connection, wanted, urls, keeper=keeper)
        if session is None:
            raise EmbeddedServerError(
                f"The keeper of the embedded servers does not start; see {paths.log('keeper')}."
            )
        return session


def _attach(
    connection: socket.socket, wanted: list[str], urls: ServiceURLs, *, keeper: subprocess.Popen[bytes] | None
) -> Session | None:
    """Ask for the servers over `connection`; None when the keeper ended instead of answering."""
    try:
        protocol.send(connection, attach=wanted)
        answer = protocol.receive(connection)
    except TimeoutError:
        raise EmbeddedServerError(
            f"The embedded servers did not start within {ANSWER_SECONDS:g} s."
        ) from None
    except OSError:
        answer = None
    if answer is None:
        connection.close()
        return None
    session = Session(urls=urls, connection=connection, keeper=keeper)
    if "error" in answer:
        session.leave()
        raise EmbeddedServerError(str(answer["error"]))
    return session


def _connect(paths: RunPaths) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(os.fspath(paths.keeper_socket))
    except OSError:
        connection.close()
        raise
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _spawn_keeper(paths: RunPaths, *, profile: str) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the keeper with one end of a socket pair: its first user is attached before it runs."""
    ours, theirs = socket.socketpair()
    ours.settimeout(ANSWER_SECONDS)
    with theirs:
        command = [sys.executable, "-m", "config.embedded.keeper"]
        keeper = subprocess.Popen(
            [*command, os.fspath(paths.run_dir), profile, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )
    return ours, keeper
