"""A way to the tests' PostgreSQL that can be closed: as if the server were paused, or gone."""

from __future__ import annotations

import contextlib
import selectors
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

BLOCK_BYTES = 65_536


class Gate:
    """Passes on what is sent to and fro. Paused, it takes connections and bytes and passes nothing on."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="v-gate-", dir="/tmp"))
        self.place.chmod(0o755)
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.socket(socket.AF_UNIX)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._open()

    @property
    def url(self) -> str:
        """The address of the tests' database through the gate."""
        values = connection.settings_dict
        return f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?host={self.place}"

    def pause(self) -> None:
        """Let the server be there and not answer."""
        self._passing.clear()

    def resume(self) -> None:
        """Let it answer again, also what it was asked meanwhile."""
        self._passing.set()

    def close(self) -> None:
        """Let it be gone, and every connection with it."""
        self._passing.set()
        self._listener.close()
        self.socket.unlink(missing_ok=True)
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def reopen(self) -> None:
        """Let it be there again."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._open()

    @property
    def socket(self) -> Path:
        return self.place / ".s.PGSQL.5432"

    def _open(self) -> None:
        self._listener.bind(str(self.socket))
        self.socket.chmod(0o777)
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            far = _database()
            self._pairs.append((near, far))
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as selector, contextlib.suppress(OSError):
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _events in selector.select():
                    self._passing.wait()
                    data = key.fileobj.recv(BLOCK_BYTES)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)


def _database() -> socket.socket:
    values: dict[str, Any] = connection.settings_dict
    host, port = str(values["HOST"]), values["PORT"] or 5432
    if host.startswith("/"):
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far
    return socket.create_connection((host or "127.0.0.1", int(port)))


@contextlib.contextmanager
def gate() -> Iterator[Gate]:
    """A gate that is gone afterwards."""
    way = Gate()
    try:
        yield way
    finally:
        way.close()
        shutil.rmtree(way.place, ignore_errors=True)
