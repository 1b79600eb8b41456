"""Indexes of payments, refunds and invoices, each with what reads by it."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from payments.selectors import payments, unsettled
from tests.performance.proving import Proofs

PROOFS: Proofs = {
    "payment_user_status": lambda world: list(payments.payments_for_user(user=User(pk=world.user))[:20]),
    "payment_open": lambda world: unsettled.payments_open(before=world.at - timedelta(days=160), limit=500),
    "payment_authorized": lambda world: unsettled.authorizations_over(at=world.at, limit=500),
    "payment_session": lambda world: unsettled.payment_named(gateway="test", reference="session-500"),
    "refund_pending": lambda world: unsettled.refunds_waiting(before=world.at, limit=500),
    "webhook_event_open": lambda world: unsettled.events_open(limit=500),
}
