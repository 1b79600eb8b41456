"""What only one supervisor can have: the port, and the project."""

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from config.supervisor.errors import SupervisorError

HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535


def chosen_port() -> int:
    """Return the port to serve on, from PORT, after making sure that it is free. Raises SupervisorError."""
    text = os.environ.get("PORT") or DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise SupervisorError(f"PORT is {text!r}, but a port is a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise SupervisorError(
                f"Port {port} {reason}: choose another, for example PORT={port % 60000 + 1}."
            ) from error
    return port


@contextlib.contextmanager
def only_supervisor(run_dir: Path) -> Iterator[None]:
    """Hold the project: two schedulers would do everything twice. Raises SupervisorError."""
    try:
        run_dir.mkdir(mode=0o700, exist_ok=True)
        lock = (run_dir / "supervisor.lock").open("w")
    except OSError as error:
        raise SupervisorError(f"{error.filename} cannot be written: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisorError("Vacancy already runs from this directory: stop that one first.") from None
        yield
