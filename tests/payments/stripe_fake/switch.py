"""Pointing the settings at a Stripe of the tests, and letting go of it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from payments.gateways.calls import gateway_breaker
from payments.gateways.stripe import client

from .server import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, StripeFake


def stripe_switch_on(settings: Any, url: str) -> None:
    """Take cards through the server at ``url``; its breaker is closed."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = SECRET_KEY, PUBLISHABLE_KEY
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API_BASE = [WEBHOOK_SECRET], url
    gateway_breaker("stripe").reset()


@contextmanager
def stripe_late(fake: StripeFake) -> Iterator[None]:
    """Let answers come when nobody waits any more, which is after a tenth of a second instead of five here only.

    Before and after a busy machine may take its time to answer.
    """
    transport: Any = client.stripe_client()._requestor._client
    patience = transport._client.timeout
    transport._client.timeout = httpx.Timeout(0.1, connect=patience.connect)
    fake.in_time.clear()
    try:
        yield
    finally:
        fake.in_time.set()
        transport._client.timeout = patience


def stripe_let_go() -> None:
    """Close the connections; the next test begins with none and with a closed breaker."""
    gateway_breaker("stripe").reset()
    if client._client.cache_info().currsize:
        transport: Any = client.stripe_client()._requestor._client
        transport.close()
    client._client.cache_clear()
