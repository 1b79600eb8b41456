"""Talking to Stripe: their SDK over a connection pool of ours, with our time limits, and its errors in our words.

The SDK does not retry: `gateways.calls` does, inside the breaker, where a test can count it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpx
import stripe
import structlog
from django.conf import settings

from core.observability.middleware import request_id_header
from core.resilience.timeouts import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from payments.exceptions import (
    AmountInvalid,
    CardUnknown,
    GatewayRefused,
    GatewayTimeout,
    GatewayUnavailable,
    PaymentNotKnown,
)

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Of these it is certain that Stripe has not read the request."""

AMOUNT_CODES = frozenset(
    {"amount_too_large", "amount_too_small", "invalid_charge_amount_no_decimal_compatible"}
)

logger = structlog.get_logger(__name__)


class StripeHttp(stripe.HTTPClient):
    """The SDK's transport: two seconds to connect, five to answer, and no redirects."""

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        timeout = httpx.Timeout(READ_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)

    def request(  # type: ignore[override]  # the body is of bytes in the SDK's own clients too
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request. Raises `stripe.APIConnectionError` with httpx's error as its cause."""
        try:
            sent = {**(headers or {}), **request_id_header()}
            answer = self._client.request(method, url, headers=sent, content=post_data or None)
        except httpx.HTTPError as error:
            raise stripe.APIConnectionError(type(error).__name__, should_retry=False) from error
        return answer.content, answer.status_code, answer.headers

    def close(self) -> None:
        """Close the pool."""
        self._client.close()


def stripe_client() -> stripe.StripeClient:
    """Return the process's client for the account of the settings."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=2)
def _client(secret_key: str, api_base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base},
        http_client=StripeHttp(),
        max_network_retries=0,
    )


@contextmanager
def stripe_errors() -> Iterator[None]:
    """Tell Stripe's errors in the words of `gateways.base`; a card that is refused (`stripe.CardError`) passes.

    Their text and body stay out of ours and of the log: they may repeat what was sent.
    """
    try:
        yield
    except stripe.CardError:
        raise
    except stripe.APIConnectionError as error:
        if isinstance(error.__cause__, NEVER_SENT):
            raise GatewayUnavailable from None
        raise GatewayTimeout from None
    except stripe.RateLimitError:
        raise GatewayUnavailable from None
    except stripe.InvalidRequestError as error:
        raise _refusal(error) from None
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError) as error:
        raise _refusal(error) from None
    except stripe.StripeError as error:  # 5xx, 409: whether it was done is not known
        logger.warning("stripe_failed", status=error.http_status, request=error.request_id)
        raise GatewayTimeout from None


def _refusal(error: stripe.StripeError) -> Exception:
    code = error.code or ""
    param = getattr(error, "param", None) or ""
    if error.http_status == 404 or code == "resource_missing":
        return CardUnknown(field="card") if param == "payment_method" else PaymentNotKnown()
    if code in AMOUNT_CODES:
        return AmountInvalid(field="amount", data={"reason": code})
    logger.error(
        "stripe_refused", kind=type(error).__name__, code=code, param=param, request=error.request_id
    )
    return GatewayRefused(data={"reason": code})
