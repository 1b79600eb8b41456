"""How we call a provider: never inside a transaction, through its breaker, and again where that can help."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.db import transaction

from core.resilience.breaker import Breaker, CircuitOpen
from core.resilience.retry import retry_call
from payments.exceptions import (
    CardUnknown,
    EventInvalid,
    GatewayTimeout,
    GatewayUnavailable,
    PaymentNotKnown,
)

from .base import Gateway

ANSWERS = (CardUnknown, EventInvalid, PaymentNotKnown)
"""Errors by which a provider shows that it works."""

T = TypeVar("T")


@lru_cache(maxsize=16)
def gateway_breaker(code: str) -> Breaker:
    """Return the breaker of one provider. What it refuses for good reason does not count against it."""
    return Breaker(f"payments.{code}", ignored=ANSWERS)


def gateway_call(gateway: Gateway, operation: Callable[[], T], *, repeat_timeouts: bool) -> T:
    """Return what the operation gives, tried up to three times.

    What surely did not reach the provider is tried again; what timed out only with ``repeat_timeouts``, because a
    guest who waits is better told that we are still asking. Raises `GatewayUnavailable` (also where the breaker is
    open), `GatewayTimeout`, and what the provider answers. Raises `RuntimeError` inside a transaction: a slow
    provider must not hold a lock.
    """
    with transaction.atomic(durable=True):
        pass  # durable: refuses to stand in another transaction
    retryable: tuple[type[Exception], ...] = (GatewayUnavailable,)
    if repeat_timeouts:
        retryable = (GatewayUnavailable, GatewayTimeout)
    try:
        with gateway_breaker(gateway.code).guard():
            return retry_call(operation, retryable=retryable)
    except CircuitOpen as error:
        raise GatewayUnavailable(data=error.data, retry_after=error.retry_after) from error
