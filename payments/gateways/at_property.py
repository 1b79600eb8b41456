"""Paying at the desk: nothing is charged now, the booking is guaranteed, and staff record the money when it comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.exceptions import EventInvalid
from payments.models import Payment, PaymentStatus, Refund, RefundStatus

from .base import GatewayResult, ProviderEvent, RefundResult, TakesAtOnce


class AtPropertyGateway(TakesAtOnce):
    """The property is its own provider, so our books are the provider's, and it is always there."""

    code = "at_property"
    label: str | Promise = _("Pay at the property")
    description: str | Promise = _("Nothing is charged now. You pay during your stay.")
    moves_money = False
    is_remote = False
    expires_after = timedelta(0)

    def is_enabled(self) -> bool:
        """Return True: it needs nothing."""
        return True

    def start(self, *, payment: Payment, return_url: str, card: str) -> GatewayResult:
        """Promise the money."""
        return self._result(payment, PaymentStatus.GUARANTEED)

    def fetch(self, *, payment: Payment) -> GatewayResult:
        """Return our own state; a start that was interrupted is a promise all the same."""
        if payment.status == PaymentStatus.CREATED:
            return self._result(payment, PaymentStatus.GUARANTEED)
        return self._result(payment, PaymentStatus(payment.status))

    def cancel(self, *, payment: Payment) -> GatewayResult:
        """Forget a promise that was never given."""
        return self._result(payment, PaymentStatus.CANCELLED)

    def refund(self, *, refund: Refund) -> RefundResult:
        """Say that the desk has paid it out."""
        return RefundResult(status=RefundStatus.SUCCEEDED, provider_reference=f"desk-{refund.pk}")

    def event_parse(self, *, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
        """Refuse: the desk sends no events."""
        raise EventInvalid

    def _result(self, payment: Payment, status: PaymentStatus) -> GatewayResult:
        return GatewayResult(
            status=status,
            provider_reference=f"desk-{payment.pk}",
            amount=payment.amount,
            currency=payment.currency,
        )
