"""Scheduled work; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import scheduled_job
from payments import services as payments
from payments.types import ReconcileReport

from . import services
from .types import BookingsReconcileReport


@scheduled_job("bookings.holds_expire", every=60, label=_("let holds expire"))
def holds_expire(*, at: datetime | None = None) -> int:
    """Let holds expire whose time is over; how many."""
    return services.holds_expire(at=at)


@scheduled_job("bookings.payments_reconcile", every=300, label=_("reconcile payments"))
def payments_reconcile(*, at: datetime | None = None) -> dict[str, int]:
    """Repair what missed events left behind: first the payments, then their bookings."""
    return reconcile_result(payments.payments_reconcile(at=at), services.bookings_reconcile(at=at))


def reconcile_result(paid: ReconcileReport, booked: BookingsReconcileReport) -> dict[str, int]:
    """What a reconciliation leaves in the job's record."""
    return {
        "payments_checked": paid.payments_checked,
        "payments_settled": paid.payments_settled,
        "payments_cancelled": paid.payments_cancelled,
        "refunds_executed": paid.refunds_executed,
        "events_processed": paid.events_processed,
        "bookings_confirmed": len(booked.confirmed),
        "bookings_refunded": len(booked.refunded),
        "not_settled": len(paid.errors) + len(booked.errors),
    }
