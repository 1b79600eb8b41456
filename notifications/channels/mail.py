"""Handing a mail to the server, whichever back end leads there, and saying in our words how that went."""

from __future__ import annotations

import smtplib
from http import HTTPStatus

import structlog
from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from core.resilience.services import EMAIL, breaker_get
from notifications.exceptions import (
    DeliveryDeferred,
    DeliveryError,
    DeliveryInterrupted,
    DeliveryRefused,
    ServerAway,
)

PERMANENT = 500
"""From here on an SMTP server means it."""
TOO_LARGE = 552

logger = structlog.get_logger(__name__)


def mail_deliver(message: EmailMultiAlternatives) -> None:
    """Give one mail to the server; returned means that the server has it.

    Never call it inside a transaction. Raises `core.resilience.breaker.CircuitOpen`, `ServerAway`, `DeliveryRefused`,
    `DeliveryDeferred`, `DeliveryInterrupted`.
    """
    with breaker_get(EMAIL).guard():
        connection = mail.get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(_words(error)) from error
        try:
            connection.send_messages([message])
        except (OSError, smtplib.SMTPException, AnymailError, ValueError) as error:
            raise _failure(error) from error
        finally:
            _close(connection)


def _close(connection: BaseEmailBackend) -> None:
    """End the connection. That the goodbye failed says nothing about the mail."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.info("mail_connection_close_failed", error=_words(error))


def _failure(error: Exception) -> DeliveryError:
    words = _words(error)
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _answer in error.recipients.values()]
            return DeliveryRefused(words) if min(codes) >= PERMANENT else DeliveryDeferred(words)
        case smtplib.SMTPSenderRefused() if error.smtp_code >= PERMANENT and error.smtp_code != TOO_LARGE:
            return ServerAway(words)
        case smtplib.SMTPResponseException():
            return DeliveryRefused(words) if error.smtp_code >= PERMANENT else DeliveryDeferred(words)
        case AnymailRecipientsRefused():
            return DeliveryRefused(words)
        case AnymailError():
            return _provider_failure(error, words)
        case ValueError():
            return DeliveryRefused(words)
    return DeliveryInterrupted(words)


def _provider_failure(error: AnymailError, words: str) -> DeliveryError:
    """What a provider's HTTP API has answered; no answer at all has no status."""
    status = getattr(error, "status_code", None)
    if status is None:
        return DeliveryInterrupted(words)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        return ServerAway(words)
    return (
        DeliveryInterrupted(words) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else DeliveryRefused(words)
    )


def _words(error: Exception) -> str:
    """An error as staff read it: the server's code and answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_decoded(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
