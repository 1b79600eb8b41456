"""Scheduled work and effects of the inventory; each may run twice or at the same time as another."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotFound
from core.outbox import EffectRun, Postpone, Queue, Retry, effect_handler
from core.resilience.breaker import OPEN_SECONDS, CircuitOpen
from core.schedule import crontab, scheduled_job
from inventory import services
from inventory.services import calendars
from inventory.services.calendars.fetching import FETCH, FETCH_SECONDS, RETRY_CONFLICTS

FETCH_RETRY = Retry(attempts=3, base_seconds=20)

logger = structlog.get_logger(__name__)


@scheduled_job(
    "inventory.inventory_extend", crontab=crontab(hour="1", minute="15"), label=_("extend inventory")
)
def inventory_extend(*, at: datetime | None = None) -> dict[str, int]:
    """Keep the inventory as far ahead as the settings say; every night."""
    report = services.inventory_extend(at=at)
    return {"properties": report.properties, "nights": report.nights, "rates": report.rates}


@scheduled_job("inventory.calendars_import", every=FETCH_SECONDS, label=_("import calendars"))
def calendars_import(*, at: datetime | None = None) -> dict[str, int]:
    """Have every calendar of another channel fetched that is due; each by an effect of its own."""
    return {"calendars": calendars.calendar_fetches_enqueue(at=at)}


@effect_handler(FETCH, queue=Queue.PROCESSING, retry=FETCH_RETRY, label=_("fetch a calendar"))
def calendar_fetch(run: EffectRun) -> None:
    """Fetch one calendar. What failed stands on the calendar; only what may pass in a minute is tried again.

    A calendar that still fails then is not a dead letter: the schedule asks it again in a quarter of an hour.
    """
    try:
        calendars.calendar_fetch(
            calendar_id=run.payload["calendar_id"],
            at=run.at,
            is_accepting=run.payload.get("is_accepting", False),
        )
    except NotFound:
        logger.info("calendar_gone", calendar_id=run.payload["calendar_id"])
    except CircuitOpen as error:
        raise Postpone(run.at + timedelta(seconds=error.retry_after or OPEN_SECONDS), str(error)) from error
    except calendars.CalendarFetchFailed as error:
        if error.is_transient and run.attempt < FETCH_RETRY.attempts:
            raise


@effect_handler(RETRY_CONFLICTS, queue=Queue.PROCESSING, label=_("block what a calendar could not"))
def calendar_conflicts_retry(run: EffectRun) -> None:
    """Rooms of a type have become free: block what outside events still miss."""
    calendars.conflicts_retry(room_type_id=run.payload["room_type_id"], at=run.at)


@scheduled_job(
    "inventory.price_partitions_ensure",
    crontab=crontab(hour="2", minute="40"),
    label=_("make the months of the price history"),
)
def price_partitions_ensure(*, at: datetime | None = None) -> dict[str, object]:
    """Keep the price history's months made ahead; every night."""
    return services.price_partitions_ensure(at=at).as_json()
