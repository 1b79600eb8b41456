"""A pooler in transaction mode: a connection of the server belongs to a client from its first message to the moment
the server says that no transaction is open, then to whoever waits longest.

As PgBouncer it knows no startup options, resets nothing, and gives back connections in turn, so what a client leaves in
a session is somebody else's. Unlike PgBouncer it refuses named statements instead of passing them on.
"""

from __future__ import annotations

import queue
import select
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(slots=True)
class Seen:
    """What went through."""

    clients: int = 0
    transactions: int = 0
    handovers: int = 0
    refused: list[str] = field(default_factory=list)


class Messages:
    """Whole messages out of a stream of bytes."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, more: bytes) -> Iterator[bytes]:
        self._bytes += more
        while len(self._bytes) >= 5:
            (length,) = struct.unpack("!I", self._bytes[1:5])
            if len(self._bytes) < length + 1:
                return
            message, self._bytes = self._bytes[: length + 1], self._bytes[length + 1 :]
            yield message


class Turn:
    """One client's time with a connection of the server."""

    def __init__(self) -> None:
        self._asked, self._answered = Messages(), Messages()
        self._waiting = 0

    def asks(self, sent: bytes) -> bytes:
        """Note what the client sent; the name of a statement that it wants to keep, else nothing."""
        for message in self._asked.feed(sent):
            self._waiting += message[:1] in (b"Q", b"S", b"F")  # what ReadyForQuery answers
            if message[:1] == b"P" and message[5:6] != b"\0":
                return message[5:40]
        return b""

    def is_over_with(self, received: bytes) -> bool:
        """Note what the server sent; whether everything is answered and no transaction is open."""
        status = b""
        for message in self._answered.feed(received):
            if message[:1] == b"Z":
                self._waiting -= 1
                status = message[5:6]
        return self._waiting == 0 and status == b"I"


class TransactionPool:
    """Listens on a socket of its own, in front of `size` connections to the server at `behind`."""

    def __init__(
        self, behind: Path, *, size: int, user: str, database: str, wait_seconds: float | None = None
    ) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="v-pool-", dir="/tmp"))
        self.seen = Seen()
        self._wait_seconds = wait_seconds
        self._free: queue.Queue[socket.socket] = queue.Queue()
        self._last_client: dict[int, int] = {}
        self.greeting = b""
        for _number in range(size):
            self._free.put(self._connect(behind, user=user, database=database))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.place / SOCKET_NAME))
        self._listener.listen(100)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        while not self._free.empty():
            self._free.get().close()
        shutil.rmtree(self.place, ignore_errors=True)

    def leftovers(self, sql: str) -> list[bytes]:
        """What each idle session of the server answers to a statement, one row with one column."""
        answers = []
        for _number in range(self._free.qsize()):
            server = self._free.get()
            server.sendall(b"Q" + struct.pack("!I", len(sql) + 5) + sql.encode() + b"\0")
            for message in _until_ready(server):
                if message[:1] == b"D":
                    answers.append(message[11:])
                assert message[:1] != b"E", message
            self._free.put(server)
        return answers

    def _connect(self, behind: Path, *, user: str, database: str) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(behind / SOCKET_NAME))
        body = struct.pack("!I", 196608) + f"user\0{user}\0database\0{database}\0\0".encode()
        server.sendall(struct.pack("!I", len(body) + 4) + body)
        messages = list(_until_ready(server))
        assert messages[0] == b"R" + struct.pack("!II", 8, 0), messages[0]
        self.greeting = b"".join(messages)
        return server

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(ConnectionError):
            if self._greet(client):
                self.seen.clients += 1
                while self._transaction(client):
                    pass

    def _greet(self, client: socket.socket) -> bool:
        while True:
            (length,) = struct.unpack("!I", _exactly(client, 4))
            body = _exactly(client, length - 4)
            (code,) = struct.unpack("!I", body[:4])
            if code in (SSL_REQUEST, GSS_REQUEST):
                client.sendall(b"N")
                continue
            if code == CANCEL_REQUEST:
                return False
            words = body[4:].rstrip(b"\0").split(b"\0")
            unknown = set(words[::2]) - {b"user", b"database", b"client_encoding", b"application_name"}
            if unknown:
                return self._refuse(client, f"unsupported startup parameter: {sorted(unknown)}")
            client.sendall(self.greeting)
            return True

    def _transaction(self, client: socket.socket) -> bool:
        """Serve a client to the end of a transaction. False when it has gone."""
        first = client.recv(65536)
        if not first or first[:1] == b"X":
            return False
        try:
            server = self._free.get(timeout=self._wait_seconds)
        except queue.Empty:
            return self._refuse(client, "query_wait_timeout")
        self.seen.handovers += self._last_client.get(id(server)) not in (None, id(client))
        self._last_client[id(server)] = id(client)
        self.seen.transactions += 1
        turn = Turn()
        pending = first
        while True:
            named = turn.asks(pending)
            if named:
                self._free.put(server)
                return self._refuse(client, f"a named statement: {named!r}")
            server.sendall(pending)
            while True:
                ready, _w, _x = select.select([client, server], [], [])
                if server not in ready:
                    break
                received = server.recv(65536)
                assert received, "the server closed a connection"
                is_over = turn.is_over_with(received)
                if is_over:
                    self._free.put(server)
                client.sendall(received)
                if is_over:
                    return True
            pending = client.recv(65536)
            if not pending or pending[:1] == b"X":  # in the middle of a transaction
                server.close()
                return False

    def _refuse(self, client: socket.socket, why: str) -> bool:
        self.seen.refused.append(why)
        body = b"SFATAL\0C08P01\0M" + why.encode() + b"\0\0"
        client.sendall(b"E" + struct.pack("!I", len(body) + 4) + body)
        return False


def _until_ready(server: socket.socket) -> Iterator[bytes]:
    """The server's messages, up to ReadyForQuery."""
    messages = Messages()
    while True:
        for message in messages.feed(server.recv(65536)):
            yield message
            if message[:1] == b"Z":
                return


def _exactly(client: socket.socket, number: int) -> bytes:
    received = b""
    while len(received) < number:
        more = client.recv(number - len(received))
        if not more:
            raise ConnectionError("the client has gone")
        received += more
    return received


@contextmanager
def transaction_pool(behind: Path, **options: Any) -> Iterator[TransactionPool]:
    """A pooler that is gone afterwards; ``options`` as `TransactionPool` takes them."""
    pool = TransactionPool(behind, **options)
    try:
        yield pool
    finally:
        pool.close()
