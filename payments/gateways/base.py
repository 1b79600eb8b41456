"""What a payment provider has to be able to do for us.

A gateway translates between our payment and the provider's; it writes nothing of ours and decides nothing. Its methods
are called outside any transaction, through `gateways.calls`, which brings breaker and retries along. They raise
`GatewayUnavailable` when surely nothing reached the provider, `GatewayTimeout` when nobody can know, and
`PaymentNotKnown` when the provider has never heard of the payment. A refusal is not an error but a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.utils.functional import Promise

from payments.models import Payment, PaymentStatus, Refund, RefundStatus

EVENT_MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class GatewayResult:
    """What the provider says of a payment now. ``amount`` and ``currency`` are its own, never copied from ours."""

    status: PaymentStatus
    provider_reference: str
    amount: Decimal
    currency: str
    redirect_url: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What the provider says of a refund now."""

    status: RefundStatus
    provider_reference: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event as signed by the provider. Only that it happened is believed; the state is read again."""

    event_id: str
    type: str
    provider_reference: str
    payload: dict[str, Any]


class Gateway(Protocol):
    """One provider. Its instance holds no state."""

    code: str
    label: str | Promise
    description: str | Promise
    moves_money: bool
    """Whether it takes money now; if not, the guest pays at the property and the payment is a guarantee."""
    is_remote: bool
    """Whether it is asked over the network, so that no request waits for it where the work can be left to a worker."""
    expires_after: timedelta
    """How long after its start a payment can still succeed."""

    def is_enabled(self) -> bool:
        """Return whether it can be used on this server."""
        ...

    def start(self, *, payment: Payment, return_url: str, card: str) -> GatewayResult:
        """Ask for the money, with the payment's idempotency key as the provider's. A repetition charges nothing.

        ``card`` is a token of the provider's, "" for its default; where the guest must confirm with the bank, the
        result has a ``redirect_url`` and the bank sends the guest back to ``return_url``. Raises `CardUnknown`.
        """
        ...

    def fetch(self, *, payment: Payment) -> GatewayResult:
        """Read the provider's state, by its reference or, where we never learned it, by our idempotency key."""
        ...

    def cancel(self, *, payment: Payment) -> GatewayResult:
        """Ask the provider to let go of a payment that is still open, and return what became of it."""
        ...

    def refund(self, *, refund: Refund) -> RefundResult:
        """Give money back, with the refund's key as the provider's; or read again how far that has come."""
        ...

    def event_parse(self, *, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
        """Verify an event's signature and age and read it. Raises `EventInvalid`."""
        ...
