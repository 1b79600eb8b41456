"""Scheduled work; each may run twice or at the same time as another."""

from __future__ import annotations

from celery import shared_task

from payments import services as payments

from . import services


@shared_task(name="bookings.tasks.holds_expire")
def holds_expire() -> int:
    """Let holds expire whose time is over."""
    return services.holds_expire()


@shared_task(name="bookings.tasks.payments_reconcile")
def payments_reconcile() -> None:
    """Repair what missed events left behind: first the payments, then their bookings."""
    payments.payments_reconcile()
    services.bookings_reconcile()
