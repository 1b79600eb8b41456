"""Background work: sending messages, deliveries to webhook endpoints, and forgetting old events."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError
from core.outbox import DeadLetter, EffectRun, Postpone, Queue, Retry, effect_handler
from core.resilience.breaker import CircuitOpen
from core.schedule import crontab, scheduled_job

from .exceptions import DeliveryRefused, ServerAway
from .services import notification_send, notifications_resend_overdue
from .services.delivering import delivery_send
from .services.events import DELIVER
from .services.forgetting import events_forget
from .services.numbering import events_number_all
from .services.resending import RESEND, EventRange, deliveries_resend
from .services.tidying import inbox_forget as read_messages_forget

RETRY = Retry(attempts=3, base_seconds=5)
SERVER_AWAY_SECONDS = 30
"""How long a message rests when no server could be reached at all. That is no try of the message."""


@effect_handler("notifications.sms_send", queue=Queue.EMAIL, retry=RETRY, label=_("text message"))
@effect_handler("notifications.email_send", queue=Queue.EMAIL, retry=RETRY, label=_("e-mail"))
def message_send(run: EffectRun) -> None:
    """Send one message. While the server is away it waits without counting; what is refused for good is dead."""
    now = timezone.now()
    try:
        notification_send(
            notification_id=run.payload["notification_id"],
            is_last=run.attempt >= RETRY.attempts_allowed,
            at=run.at,
        )
    except DeliveryRefused as error:
        raise DeadLetter(str(error)) from error
    except ServerAway as error:
        raise Postpone(now + timedelta(seconds=SERVER_AWAY_SECONDS), str(error)) from error
    except CircuitOpen as error:
        raise Postpone(
            now + timedelta(seconds=error.retry_after or SERVER_AWAY_SECONDS), str(error)
        ) from error


@scheduled_job("notifications.resend_overdue", crontab=crontab(minute="25"), label=_("find unsent messages"))
def resend_overdue(*, at: datetime | None = None) -> int:
    """Have messages sent that should have gone out long ago and have nobody who would; how many."""
    return notifications_resend_overdue(at=at)


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


@scheduled_job(
    "notifications.inbox_forget", crontab=crontab(hour="4", minute="10"), label=_("forget what was read")
)
def inbox_forget(*, at: datetime | None = None) -> int:
    """Forget what people have read in their inbox half a year ago; every night."""
    return read_messages_forget(at=at)
