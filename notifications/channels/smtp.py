"""Django's SMTP back end, with a limit for each wait: to be let in, to be answered, and to have the mail taken."""

from __future__ import annotations

import smtplib
import socket
from typing import Any

from django.core.mail.backends import smtp

from core.resilience.timeouts import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS

TAKE_TIMEOUT_SECONDS = 30
"""How long a server may take over a whole mail before it says that it has it. Longer than for other answers: who gives
up here does not know whether the mail was taken, and sends it again."""


class TimedMixin:
    """The waits of a connection; both of smtplib's classes get them."""

    sock: Any

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(host, port, CONNECT_TIMEOUT_SECONDS)  # type: ignore[misc]
        connected.settimeout(READ_TIMEOUT_SECONDS)
        return connected

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the mail and wait for the server to have it."""
        self.sock.settimeout(TAKE_TIMEOUT_SECONDS)
        try:
            answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        finally:
            if self.sock is not None:
                self.sock.settimeout(READ_TIMEOUT_SECONDS)
        return answer


class TimedSMTP(TimedMixin, smtplib.SMTP):
    """Plain, or made secure by STARTTLS."""


class TimedSMTPS(TimedMixin, smtplib.SMTP_SSL):
    """Secure from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """SMTP as `EMAIL_URL` says."""

    def open(self) -> bool | None:
        """Connect, log in and greet: a server that lets nobody in is found before there is a mail to blame."""
        opened: bool | None = super().open()
        if opened and self.connection is not None:
            self.connection.ehlo_or_helo_if_needed()
        return opened

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TimedSMTPS if self.use_ssl else TimedSMTP
