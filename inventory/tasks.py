"""Scheduled work of the inventory; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import crontab, scheduled_job
from inventory import services


@scheduled_job(
    "inventory.inventory_extend", crontab=crontab(hour="1", minute="15"), label=_("extend inventory")
)
def inventory_extend(*, at: datetime | None = None) -> dict[str, int]:
    """Keep the inventory as far ahead as the settings say; every night."""
    report = services.inventory_extend(at=at)
    return {"properties": report.properties, "nights": report.nights, "rates": report.rates}
