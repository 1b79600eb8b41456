"""Disputes as the provider tells them, and what they do to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.outbox import effect_enqueue
from payments.exceptions import PaymentNotFound
from payments.gateways import gateway_get
from payments.gateways.base import ProviderDispute
from payments.gateways.calls import gateway_call
from payments.models import Dispute, EntryKind, FolioEntry, Payment, PaymentFlag
from payments.signals import dispute_recorded, payment_disputed

from .folios import entries_append, folio_lock

logger = structlog.get_logger(__name__)


def disputes_refresh(*, payment_id: int, at: datetime | None = None) -> list[Dispute]:
    """Read the disputes of a payment again and bring ours to their state, in whatever order it is told.

    What the bank has withdrawn and returned is posted once each. Called outside transactions. Raises
    `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound
    provider = gateway_get(payment.gateway)
    told = gateway_call(provider, lambda: provider.disputes(payment=payment), repeat_timeouts=True)
    return _disputes_apply(payment_id, told, at=at) if told else []


def _disputes_apply(payment_id: int, told: Sequence[ProviderDispute], *, at: datetime) -> list[Dispute]:
    """Write what the provider tells, in one durable transaction: folio, then payment, locked."""
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        folio_id = Payment.objects.values_list("folio_id", flat=True).get(pk=payment_id)
        folio_lock(folio_id=folio_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        return [_dispute_apply(payment, one, at=at) for one in told]


def _dispute_apply(payment: Payment, told: ProviderDispute, *, at: datetime) -> Dispute:
    dispute = Dispute.objects.filter(provider_reference=told.provider_reference).first() or Dispute(
        payment=payment,
        provider_reference=told.provider_reference,
        amount=told.amount,
        currency=told.currency,
        opened_at=told.opened_at,
    )
    before = dispute.status
    dispute.status = told.status
    dispute.reason = told.reason[:60]
    dispute.due_by = told.due_by
    may_post = told.currency == payment.currency
    if not may_post and payment.flag != PaymentFlag.DISPUTE_CURRENCY:
        logger.error("dispute_in_another_currency", payment_id=payment.pk)
        payment.flag = PaymentFlag.DISPUTE_CURRENCY
        payment.save(update_fields=["flag", "updated_at"])
    if may_post and told.is_withdrawn and dispute.withdrawn_at is None:
        dispute.withdrawn_at = at
    if may_post and told.is_returned and dispute.withdrawn_at and dispute.returned_at is None:
        dispute.returned_at = at
    dispute.save()
    _entries_post(payment, dispute)
    if dispute.status != before:
        dispute_recorded.send(sender=Dispute, dispute=dispute)
        _announce_enqueue(dispute)
    return dispute


def _entries_post(payment: Payment, dispute: Dispute) -> None:
    """Post what was withdrawn and what was returned, each once."""
    entries = []
    if dispute.withdrawn_at is not None:
        entries.append((EntryKind.DISPUTE, dispute.amount, "withdrawn"))
    if dispute.returned_at is not None:
        entries.append((EntryKind.DISPUTE_RETURNED, -dispute.amount, "returned"))
    entries_append(
        entries=[
            FolioEntry(
                folio_id=payment.folio_id,
                kind=kind,
                description=str(kind.label)[:1].upper() + str(kind.label)[1:],
                amount=amount,
                dispute=dispute,
                dedup_key=f"dispute:{dispute.pk}:{what}",
            )
            for kind, amount, what in entries
        ]
    )


def _announce_enqueue(dispute: Dispute) -> None:
    """Leave telling the apps above to the outbox: staff have days to answer, and must not miss it by a crash."""
    effect_enqueue(
        kind="payments.dispute_announce",
        payload={"dispute_id": dispute.pk},
        dedup_key=f"payments.dispute_announce:{dispute.pk}:{dispute.status}",
    )


def dispute_announce(*, dispute_id: int) -> None:
    """Send `payment_disputed`. Raises what a receiver raises, so that it is told again."""
    payment_id, folio_id = Dispute.objects.values_list("payment_id", "payment__folio_id").get(pk=dispute_id)
    payment_disputed.send(sender=Dispute, dispute_id=dispute_id, payment_id=payment_id, folio_id=folio_id)
