"""The sandbox as a gateway: it asks the bank of `bank` what a real one would be asked over the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.exceptions import CardUnknown, EventInvalid, GatewayTimeout, PaymentNotKnown, RefundTooLarge
from payments.gateways.base import GatewayResult, ProviderEvent, RefundResult, TakesAtOnce
from payments.models import Payment, PaymentStatus, Refund, RefundStatus, SandboxIntent

from . import bank, signing

STATUS_OF_STATE = {
    SandboxIntent.State.REQUIRES_ACTION: PaymentStatus.REQUIRES_ACTION,
    SandboxIntent.State.PROCESSING: PaymentStatus.PROCESSING,
    SandboxIntent.State.SUCCEEDED: PaymentStatus.CAPTURED,
    SandboxIntent.State.DECLINED: PaymentStatus.FAILED,
    SandboxIntent.State.CANCELLED: PaymentStatus.CANCELLED,
}


class SandboxGateway(TakesAtOnce):
    """Test cards without a number: the token says what happens. No money, so only where demo pages are wanted."""

    code = "sandbox"
    label: str | Promise = _("Card")
    description: str | Promise = _("A test bank: no money moves.")
    moves_money = True
    is_remote = False
    expires_after = timedelta(minutes=bank.INTENT_EXPIRES_MINUTES)

    def is_enabled(self) -> bool:
        """Return whether this server shows its development pages, of which the bank's is one."""
        return bool(settings.DEMO_PAGES)

    def start(self, *, payment: Payment, return_url: str, card: str) -> GatewayResult:
        """Open an intent at the bank. Raises `CardUnknown`, `GatewayTimeout` (by the token ``timeout``)."""
        try:
            scenario = bank.Scenario(card or bank.Scenario.SUCCESS)
        except ValueError:
            raise CardUnknown(field="card") from None
        intent = bank.intent_create(
            idempotency_key=payment.idempotency_key,
            scenario=scenario,
            amount=payment.amount,
            currency=payment.currency,
            return_url=return_url,
        )
        if intent.scenario == bank.Scenario.TIMEOUT:
            raise GatewayTimeout
        return self._result(intent)

    def fetch(self, *, payment: Payment) -> GatewayResult:
        """Read the intent. Raises `PaymentNotKnown`."""
        return self._known(
            bank.intent_find(reference=payment.provider_reference, idempotency_key=payment.idempotency_key)
        )

    def cancel(self, *, payment: Payment) -> GatewayResult:
        """Drop the intent. Raises `PaymentNotKnown`."""
        return self._known(
            bank.intent_cancel(reference=payment.provider_reference, idempotency_key=payment.idempotency_key)
        )

    def refund(self, *, refund: Refund) -> RefundResult:
        """Give back, at once."""
        try:
            made = bank.refund_create(
                reference=refund.payment.provider_reference,
                idempotency_key=refund.idempotency_key,
                amount=refund.amount,
            )
        except (RefundTooLarge, SandboxIntent.DoesNotExist):
            return RefundResult(status=RefundStatus.FAILED, failure_code="not_refundable")
        return RefundResult(status=RefundStatus.SUCCEEDED, provider_reference=made.reference)

    def event_parse(self, *, body: bytes, headers: Mapping[str, str], at: datetime) -> ProviderEvent:
        """Verify and read an event. Raises `EventInvalid`."""
        signing.event_verify(body=body, headers=headers, at=at)
        try:
            payload = json.loads(body)
            return ProviderEvent(
                event_id=str(payload["id"]),
                type=str(payload["type"]),
                provider_reference=str(payload["intent"]),
                payload=payload,
            )
        except (ValueError, KeyError, TypeError):
            raise EventInvalid from None

    def _known(self, intent: SandboxIntent | None) -> GatewayResult:
        if intent is None:
            raise PaymentNotKnown
        return self._result(intent)

    def _result(self, intent: SandboxIntent) -> GatewayResult:
        waiting = intent.state == SandboxIntent.State.REQUIRES_ACTION and self.is_enabled()
        declined = intent.state == SandboxIntent.State.DECLINED
        return GatewayResult(
            status=STATUS_OF_STATE[SandboxIntent.State(intent.state)],
            provider_reference=intent.reference,
            amount=intent.amount,
            currency=intent.currency,
            redirect_url=reverse("sandbox:bank", args=[intent.reference]) if waiting else "",
            failure_code="card_declined" if declined else "",
        )
