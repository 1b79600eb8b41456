"""Scheduled work. Tasks take ids and may run twice."""

from __future__ import annotations

from celery import shared_task

from inventory import services


@shared_task(name="inventory.tasks.inventory_extend")
def inventory_extend() -> dict[str, int]:
    """Keep the inventory as far ahead as the settings say; every night."""
    report = services.inventory_extend()
    return {"properties": report.properties, "nights": report.nights, "rates": report.rates}
