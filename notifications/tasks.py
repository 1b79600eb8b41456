"""Background work: deliveries to webhook endpoints, and forgetting old events."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.outbox import DeadLetter, EffectRun, Queue, effect_handler
from core.schedule import crontab, scheduled_job

from .services.delivering import delivery_send
from .services.events import DELIVER
from .services.forgetting import events_forget
from .services.numbering import events_number_all
from .services.resending import RESEND, EventRange, deliveries_resend


@effect_handler(DELIVER, queue=Queue.PROCESSING, label=_("webhook delivery"))
def webhook_deliver(run: EffectRun) -> None:
    """Send one delivery. When it is tried again after a refusal, the delivery itself knows."""
    delivery_send(delivery_id=run.payload["delivery_id"], at=run.at)


@effect_handler(RESEND, queue=Queue.SCHEDULED, label=_("webhook deliveries sent again"))
def webhooks_resend(run: EffectRun) -> None:
    """Send the events of a range again."""
    try:
        deliveries_resend(
            endpoint_id=run.payload["endpoint_id"],
            wanted=EventRange.from_json(run.payload["range"]),
            begun_at=run.wanted_at,
            at=run.at,
            progress=lambda done, total: run.progress(done=done, total=total),
        )
    except DomainError as error:
        raise DeadLetter(f"{error.code}: {error}") from error


@scheduled_job("notifications.events_number", every=60, label=_("number events"))
def events_number(*, at: datetime | None = None) -> int:
    """Number events that nobody has read or delivered yet; the moment makes no difference."""
    return events_number_all()


@scheduled_job(
    "notifications.events_forget", crontab=crontab(hour="3", minute="40"), label=_("forget old events")
)
def webhook_events_forget(*, at: datetime | None = None) -> int:
    """Forget events, with their deliveries, when their time is over."""
    return events_forget(at=at)
