"""Background work of core."""

from celery import shared_task

from core import idempotency


@shared_task(name="core.tasks.idempotency_keys_prune")
def idempotency_keys_prune() -> int:
    """Forget idempotency keys whose time is over; every hour."""
    return idempotency.idempotency_keys_prune()
