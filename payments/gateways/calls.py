"""How we call a provider: never inside a transaction, through its breaker, and again where that can help."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.resilience.breaker import Breaker, CircuitOpen
from core.resilience.retry import retry_call
from core.resilience.services import breaker_get, service_register
from payments.exceptions import (
    AmountInvalid,
    CardUnknown,
    EventInvalid,
    GatewayRefused,
    GatewayTimeout,
    GatewayUnavailable,
    PaymentNotKnown,
)

from .base import Gateway

ANSWERS = (AmountInvalid, CardUnknown, EventInvalid, GatewayRefused, PaymentNotKnown)
"""Errors by which a provider shows that it works."""

T = TypeVar("T")


def gateway_breaker(code: str) -> Breaker:
    """Return the breaker of one provider. What it refuses for good reason does not count against it."""
    return breaker_get(f"payments.{code}")


def gateway_services_register(gateways: Iterable[Gateway]) -> None:
    """Make every provider known as an outside service; called once, when the app starts."""
    for gateway in gateways:
        service_register(
            f"payments.{gateway.code}",
            label=format_lazy("{what}: {gateway}", what=_("Payments"), gateway=gateway.code),
            ignored=ANSWERS,
            is_listed=partial(_is_outside, gateway),
        )


def _is_outside(gateway: Gateway) -> bool:
    return gateway.is_remote and gateway.is_enabled()


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
