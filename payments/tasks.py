"""Scheduled work of payments."""

from __future__ import annotations

from celery import shared_task

from payments import services


@shared_task
def sandbox_events_deliver() -> int:
    """Let the sandbox's bank send the events that are due."""
    return services.sandbox_events_deliver()
