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

from payments.exceptions import PaymentNotKnown
from payments.models import DisputeStatus, Payment, PaymentStatus, Refund, RefundStatus
from payments.types import PaymentClient

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
    provider_session: str = ""
    """The provider's page for this payment, where it has one with a name of its own."""
    refunded: Decimal = Decimal(0)
    """What the provider has given back so far, whoever asked for it."""
    is_disputed: bool = False
    authorized_until: datetime | None = None
    """When what a bank has put aside is released again."""


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund in the provider's books. ``idempotency_key`` is ours, "" for one that somebody made there."""

    provider_reference: str
    idempotency_key: str
    amount: Decimal
    status: RefundStatus
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A dispute in the provider's books. Once returned, what was withdrawn is back."""

    provider_reference: str
    amount: Decimal
    currency: str
    reason: str
    status: DisputeStatus
    due_by: datetime | None
    opened_at: datetime
    is_withdrawn: bool
    is_returned: bool


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What the provider says of a refund now."""

    status: RefundStatus
    provider_reference: str = ""
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event as signed by the provider. Only that it happened is believed; the state is read again.

    What it is about is named by the payment's reference, by the provider's page, or by our own key. ``payload`` is what
    is worth keeping of it: never a secret, never a person.
    """

    event_id: str
    type: str
    provider_reference: str
    payload: dict[str, Any]
    provider_session: str = ""
    payment_key: str = ""


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

    def capture(self, *, payment: Payment) -> GatewayResult:
        """Take the payment's amount, all or part, of what the guest's bank has put aside; the rest is released."""
        ...

    def client(self, *, payment: Payment) -> PaymentClient | None:
        """Return what the guest's browser needs to finish the payment, None where it needs nothing of the kind."""
        ...

    def refunds(self, *, payment: Payment) -> list[ProviderRefund]:
        """Return the refunds in the provider's books."""
        ...

    def disputes(self, *, payment: Payment) -> list[ProviderDispute]:
        """Return the disputes in the provider's books."""
        ...

    def event_parse(self, *, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
        """Verify an event's signature and age and read it. Raises `EventInvalid`."""
        ...


class TakesAtOnce:
    """What gateways have in common that put nothing aside and that no bank ever disputes."""

    def capture(self, *, payment: Payment) -> GatewayResult:
        """Refuse: nothing is ever put aside here."""
        raise PaymentNotKnown

    def client(self, *, payment: Payment) -> PaymentClient | None:
        """Return nothing: no browser is needed."""
        return None

    def refunds(self, *, payment: Payment) -> list[ProviderRefund]:
        """Return nothing: only we give back."""
        return []

    def disputes(self, *, payment: Payment) -> list[ProviderDispute]:
        """Return nothing."""
        return []
