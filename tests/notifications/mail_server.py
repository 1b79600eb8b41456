"""A real SMTP server on this machine, which does to mails what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

BACKEND = "notifications.channels.smtp.EmailBackend"


class MailServer:
    """Counts what it takes, and delays, refuses or drops what comes.

    ``rcpt`` and ``data`` are answers instead of taking a mail, each used once, in order; "drop" hangs up. An accepted
    mail is in ``accepted`` before the sender hears of it.
    """

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.connections = 0
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.delay_seconds = 0.0
        self.answer_delay_seconds = 0.0
        self.quit_hangs = False
        self._lock = threading.Lock()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        await asyncio.sleep(self.answer_delay_seconds)
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_seconds)
        answer = self.data.pop(0) if self.data else "250 taken"
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            parsed = message_from_bytes(content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            with self._lock:
                self.accepted.append(parsed)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.quit_hangs:
            server.transport.abort()
        return "221 Bye"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [str(mail["Message-ID"]) for mail in self.accepted]

    @property
    def counted(self) -> Counter[str]:
        """How often each was taken."""
        return Counter(self.ids)


@contextlib.contextmanager
def mail_server(port: int = 0) -> Iterator[tuple[MailServer, int]]:
    """The server and its port, as long as the block lasts."""
    handler = MailServer()
    controller = Listening(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, controller.bound_port
    finally:
        controller.stop()


class Listening(Controller):
    """A controller that takes any free port, and need not connect to itself to know that it listens."""

    @property
    def bound_port(self) -> int:
        assert self.server is not None
        port: int = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        return port

    def _trigger_server(self) -> None:
        deadline = time.monotonic() + 60
        while self.server is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.port = self.bound_port
        super()._trigger_server()


def leads_to(settings: Any, port: int) -> None:
    """Send the mails of this test there."""
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
