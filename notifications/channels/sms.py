"""Text messages: what a gateway must do, and one that writes to the terminal.

`SMS_GATEWAY` names the class; empty means that no text messages are sent.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Protocol, TextIO

from django.conf import settings
from django.utils.module_loading import import_string

from core.resilience.services import breaker_get

SMS = "sms"


class SmsGateway(Protocol):
    """Somebody who takes text messages. Made without arguments; reads its own settings."""

    def send(self, *, to: str, text: str, key: str) -> None:
        """Hand over one message; returned means that it was taken.

        ``to`` is in international form (`+351210000000`), ``key`` the same for every try of the same message. Gives up
        after `core.resilience.timeouts`. Raises `notifications.exceptions.DeliveryError`.
        """


class ConsoleGateway:
    """Writes text messages to the terminal instead of sending them."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, *, to: str, text: str, key: str) -> None:
        """Show who would get what."""
        stream = self._stream or sys.stdout
        stream.write(f"SMS {key}\n  to {to}\n  {text}\n")
        stream.flush()


def sms_is_offered() -> bool:
    """Whether this installation sends text messages."""
    return bool(settings.SMS_GATEWAY)


def sms_deliver(*, to: str, text: str, key: str) -> None:
    """Hand one message to the gateway of the settings. Never call it inside a transaction.

    Raises `core.resilience.breaker.CircuitOpen` and what the gateway raises.
    """
    with breaker_get(SMS).guard():
        _gateway(settings.SMS_GATEWAY).send(to=to, text=text, key=key)


@lru_cache(maxsize=4)
def _gateway(path: str) -> SmsGateway:
    gateway: SmsGateway = import_string(path)()
    return gateway
