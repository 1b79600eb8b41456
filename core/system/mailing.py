"""Whether the mail server takes a connection: greeted and left, nothing is sent and nobody logs in."""

from __future__ import annotations

import smtplib

from django.conf import settings

CONNECT_SECONDS = 2.0


def mail_is_smtp() -> bool:
    """Whether mails go out through a server of our own naming, and not through a provider's interface."""
    return settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend")


def mail_server_problem() -> str:
    """Why the mail server cannot be reached; empty if it greets us. One connection of at most two seconds."""
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    try:
        with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=CONNECT_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return str(error)[:120] or type(error).__name__
    return ""
