"""Repairing what a missed event, a crash or a silent provider left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from django.utils import timezone

from core.exceptions import DomainError
from payments.models import OPEN_PAYMENT_STATUSES, PaymentStatus, RefundStatus
from payments.selectors.unsettled import authorizations_over, events_open, payments_open, refunds_waiting
from payments.types import ReconcileReport

from .events import event_process
from .payments import payment_cancel, payment_refresh
from .refunds import refund_execute
from .sandbox_events import sandbox_events_deliver

RECONCILE_AFTER_SECONDS = 30
"""What is younger is left to the request or the event that is busy with it."""

BATCH_ROWS = 500

T = TypeVar("T")

logger = structlog.get_logger(__name__)


def payments_reconcile(*, at: datetime | None = None, limit: int = BATCH_ROWS) -> ReconcileReport:
    """Ask the providers for everything that is still open: due events, payments, refunds; the oldest first.

    So are authorisations whose time is over: what a bank has put aside does not stay so for ever.

    A payment past its expiry is cancelled at the provider, so that nobody pays for what is no longer kept. Flagged
    payments wait for finance. One that cannot be settled now is reported and does not stop the others. Called
    outside transactions; may be called by several at once.
    """
    at = at or timezone.now()
    report = ReconcileReport()
    report.sandbox_events_sent = sandbox_events_deliver(at=at)
    young = at - timedelta(seconds=RECONCILE_AFTER_SECONDS)
    _events(report, at=at, limit=limit)
    _payments(report, at=at, young=young, limit=limit)
    _authorizations(report, at=at, limit=limit)
    _refunds(report, at=at, young=young, limit=limit)
    return report


def _events(report: ReconcileReport, *, at: datetime, limit: int) -> None:
    for event_id in events_open(limit=limit):
        event = _attempt(report, f"event {event_id}", partial(event_process, event_id=event_id, at=at))
        if event is not None and event.processed_at is not None:
            report.events_processed += 1


def _payments(report: ReconcileReport, *, at: datetime, young: datetime, limit: int) -> None:
    for payment_id, expires_at in payments_open(before=young, limit=limit):
        expired = expires_at is not None and expires_at <= at
        ask = payment_cancel if expired else payment_refresh
        payment = _attempt(report, f"payment {payment_id}", partial(ask, payment_id=payment_id, at=at))
        report.payments_checked += 1
        if payment is None:
            continue
        if payment.status == PaymentStatus.CANCELLED:
            report.payments_cancelled += 1
        elif payment.status not in OPEN_PAYMENT_STATUSES:
            report.payments_settled += 1


def _authorizations(report: ReconcileReport, *, at: datetime, limit: int) -> None:
    for payment_id in authorizations_over(at=at, limit=limit):
        _attempt(report, f"payment {payment_id}", partial(payment_refresh, payment_id=payment_id, at=at))
        report.authorisations_checked += 1


def _refunds(report: ReconcileReport, *, at: datetime, young: datetime, limit: int) -> None:
    for refund_id in refunds_waiting(before=young, limit=limit):
        refund = _attempt(report, f"refund {refund_id}", partial(refund_execute, refund_id=refund_id, at=at))
        if refund is not None and refund.status == RefundStatus.SUCCEEDED:
            report.refunds_executed += 1


def _attempt(report: ReconcileReport, what: str, operation: Callable[[], T]) -> T | None:
    """Run one repair; what is refused is written down, and the next one has its turn."""
    try:
        return operation()
    except DomainError as error:
        logger.warning("reconcile_postponed", what=what, reason=error.code)
        report.errors.append(f"{what}: {error.code}")
        return None
