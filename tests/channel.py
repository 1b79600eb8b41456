"""Another channel on this machine: a real HTTP server that hands out a calendar as a test wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def event(
    uid: str, start: date | str, end: date | str | None = None, *, nights: int = 0, extra: str = ""
) -> str:
    """A VEVENT of whole days, or of whatever DTSTART and DTEND lines are given as text."""
    if isinstance(start, date):
        last = end if isinstance(end, date) else start + timedelta(days=nights or 1)
        dates = f"DTSTART;VALUE=DATE:{start:%Y%m%d}\r\nDTEND;VALUE=DATE:{last:%Y%m%d}"
    else:
        dates = start if end is None else f"{start}\r\n{end}"
    lines = [f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Reserved\r\n{dates}"]
    return "\r\n".join([*lines, *([extra] if extra else []), "END:VEVENT"])


def ics(*events: str) -> bytes:
    """A calendar of these events."""
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Channel//EN", *events, "END:VCALENDAR", ""]
    return "\r\n".join(parts).encode()


class Channel:
    """What the channel answers, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/calendar.ics?s=secret"
        self.status = 200
        self.body = ics()
        self.headers: dict[str, str] = {}
        self.requests: list[dict[str, str]] = []

    def say(self, *events: str, etag: str = "") -> None:
        """Hand out these events from now on; with an ETag conditional requests are answered."""
        self.status, self.body = 200, ics(*events)
        self.headers = {"ETag": etag} if etag else {}


@contextmanager
def channel_running() -> Iterator[Channel]:
    """A channel that listens on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            channel.requests.append(dict(self.headers.items()))
            status, body = channel.status, channel.body
            tag = channel.headers.get("ETag")
            if status == 200 and tag and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in channel.headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                return  # who asked has seen enough

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    channel = Channel(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield channel
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
