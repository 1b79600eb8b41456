"""A web server on this machine that records what it is sent, and answers, waits, or misbehaves as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """What came, and what is answered: the next of ``answers``, then always ``default``."""

    url: str = ""
    default: Answer = field(default_factory=lambda: status(204))
    answers: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: BaseHTTPRequestHandler) -> Answer:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length)
        request.body = body  # type: ignore[attr-defined]  # for answers that depend on it
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self.lock:
            self.received.append(Received(request.command, request.path, headers, body, time.monotonic()))
            return self.answers.pop(0) if self.answers else self.default

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of each request."""
        return [request.headers["webhook-id"] for request in self.received]


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with a status."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def slow(seconds: float, then: Answer | None = None) -> Answer:
    """Wait, then answer."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        (then or status(204))(request)

    return answer


def dripping(pause_seconds: float) -> Answer:
    """Begin an answer and send a byte of a header now and then, for ever."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(pause_seconds)

    return answer


def endless(code: int = 200) -> Answer:
    """A body without an end."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65_536)

    return answer


def garbage(request: BaseHTTPRequestHandler) -> None:
    """No HTTP at all."""
    request.wfile.write(b"\x00\x01 nonsense\r\n\r\n")


def hanging_up(request: BaseHTTPRequestHandler) -> None:
    """Close without a word."""
    request.close_connection = True


@contextmanager
def receiving(**options: Any) -> Iterator[Receiver]:
    """Run a receiver on a port of its own."""
    receiver = Receiver(**options)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            try:
                receiver.take(self)(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = handle_any  # noqa: N815 - the names that http.server calls

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_arguments: Any) -> None:
            """A client that goes away is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
