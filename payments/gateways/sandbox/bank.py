"""The sandbox's bank: a provider in our own database, deterministic, with books of its own.

Nothing else of Vacancy writes these tables, and nothing here knows a payment of ours: what it is told is what a real
provider would be told over the network. Every call commits before it returns, as a real provider's would.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from core.references import token_new
from payments.exceptions import RefundTooLarge
from payments.models import SandboxIntent, SandboxRefund

LATE_SECONDS = 20
INTENT_EXPIRES_MINUTES = 15

State = SandboxIntent.State


class Scenario(StrEnum):
    """What a card token makes the bank do."""

    SUCCESS = "success"
    DECLINE = "decline"
    CONFIRM = "confirm"
    """The guest must approve on the bank's page."""
    TIMEOUT = "timeout"
    """The bank takes the money, and its answer never reaches us."""
    LATE = "late"
    """The bank decides later and sends an event."""


STATE_AT_START = {
    Scenario.SUCCESS: State.SUCCEEDED,
    Scenario.DECLINE: State.DECLINED,
    Scenario.CONFIRM: State.REQUIRES_ACTION,
    Scenario.TIMEOUT: State.SUCCEEDED,
    Scenario.LATE: State.PROCESSING,
}


def intent_create(
    *,
    idempotency_key: str,
    scenario: Scenario,
    amount: Decimal,
    currency: str,
    return_url: str,
    at: datetime | None = None,
) -> SandboxIntent:
    """Open an intent, or give the one that this key has opened before: one key is one charge."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        intent, _created = SandboxIntent.objects.get_or_create(
            idempotency_key=idempotency_key,
            defaults={
                "reference": f"sb_{token_new()[:24]}",
                "scenario": scenario,
                "state": STATE_AT_START[scenario],
                "amount": amount,
                "currency": currency,
                "return_url": return_url,
                "event_due_at": at + timedelta(seconds=LATE_SECONDS) if scenario is Scenario.LATE else None,
            },
        )
    return intent


def intent_find(
    *, reference: str = "", idempotency_key: str = "", at: datetime | None = None
) -> SandboxIntent | None:
    """Return an intent by its reference, else by the key that opened it, as it stands now."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        wanted = {"reference": reference} if reference else {"idempotency_key": idempotency_key}
        intent = SandboxIntent.objects.select_for_update().filter(**wanted).first()
        if intent is not None:
            _settle_by_time(intent, at)
    return intent


def intent_answer(*, reference: str, approved: bool, at: datetime | None = None) -> SandboxIntent | None:
    """Record the guest's answer on the bank's page. An intent that is not waiting for one stays as it is."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        intent = SandboxIntent.objects.select_for_update().filter(reference=reference).first()
        if intent is None:
            return None
        _settle_by_time(intent, at)
        if intent.state == State.REQUIRES_ACTION:
            _state_set(intent, State.SUCCEEDED if approved else State.DECLINED)
            intent.event_due_at = at
            intent.save(update_fields=["event_due_at"])
    return intent


def intent_cancel(
    *, reference: str = "", idempotency_key: str = "", at: datetime | None = None
) -> SandboxIntent | None:
    """Let go of an intent that has not ended yet; one that has ended stays as it is."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        wanted = {"reference": reference} if reference else {"idempotency_key": idempotency_key}
        intent = SandboxIntent.objects.select_for_update().filter(**wanted).first()
        if intent is None:
            return None
        _settle_by_time(intent, at)
        if intent.state in (State.REQUIRES_ACTION, State.PROCESSING):
            _state_set(intent, State.CANCELLED)
    return intent


def refund_create(*, reference: str, idempotency_key: str, amount: Decimal) -> SandboxRefund:
    """Give back part of an intent, once per key. Raises `RefundTooLarge`, `SandboxIntent.DoesNotExist`."""
    with transaction.atomic(durable=True):
        intent = SandboxIntent.objects.select_for_update().get(reference=reference)
        known = SandboxRefund.objects.filter(idempotency_key=idempotency_key).first()
        if known is not None:
            return known
        if intent.state != State.SUCCEEDED or intent.amount_refunded + amount > intent.amount:
            raise RefundTooLarge
        intent.amount_refunded += amount
        intent.save(update_fields=["amount_refunded"])
        return SandboxRefund.objects.create(
            intent=intent,
            reference=f"sr_{token_new()[:24]}",
            idempotency_key=idempotency_key,
            amount=amount,
        )


def intents_with_due_events(*, at: datetime, limit: int = 100) -> list[SandboxIntent]:
    """Return the intents whose event is to be sent by now, oldest first, as they stand now."""
    due = SandboxIntent.objects.filter(event_due_at__lte=at).order_by("event_due_at", "id")
    references = list(due.values_list("reference", flat=True)[:limit])
    found = (intent_find(reference=reference, at=at) for reference in references)
    return [intent for intent in found if intent is not None and intent.event_due_at is not None]


def event_sent(*, reference: str) -> None:
    """Note that an intent's event was delivered."""
    with transaction.atomic(durable=True):
        SandboxIntent.objects.filter(reference=reference).update(event_due_at=None)


def _settle_by_time(intent: SandboxIntent, at: datetime) -> None:
    """A late intent succeeds when it is due; one that waits for the guest is given up after a while."""
    if intent.state == State.PROCESSING and intent.event_due_at is not None and intent.event_due_at <= at:
        _state_set(intent, State.SUCCEEDED)
    expired = intent.created_at + timedelta(minutes=INTENT_EXPIRES_MINUTES) <= at
    if intent.state == State.REQUIRES_ACTION and expired:
        _state_set(intent, State.CANCELLED)


def _state_set(intent: SandboxIntent, state: State) -> None:
    intent.state = state
    intent.save(update_fields=["state"])
