"""Background work: Celery, and the effects of the outbox."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from .servers import env

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_DEFAULT_QUEUE = "processing"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,  # longer than any task may take
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "core.system.ticking.TickingScheduler"

_WIDTHS = {"email": 3, "processing": 5, "scheduled": 2}
_wanted = env.dict("EFFECT_CONCURRENCY", default={})
if set(_wanted) - set(_WIDTHS) or not all(width.isdecimal() and int(width) > 0 for width in _wanted.values()):
    raise ImproperlyConfigured(
        "EFFECT_CONCURRENCY gives the queues email, processing and scheduled a number from 1 on each: "
        "email=3,processing=5,scheduled=2."
    )
EFFECT_CONCURRENCY = _WIDTHS | {queue: int(width) for queue, width in _wanted.items()}
"""How many effects of a queue run at a time, on all machines together."""
EFFECT_RATES_PER_SECOND: dict[str, float] = {"email": 10}
"""How many effects of a queue start in a second, on all machines together."""
EFFECT_LEASE_SECONDS = 30
"""A running effect whose process is gone is due again after so long; a living one renews its lease."""
EFFECT_DISPATCH_LEASE_SECONDS = 60
"""An effect that was handed over and that nobody began is due again after so long."""
BROKER_ANSWER_SECONDS = 1.0
"""How long the dispatcher waits for the broker to take a message."""
BROKER_PAUSE_SECONDS_MAX = 10.0
"""How long the dispatcher leaves a broker alone that does not answer."""
EFFECTS_KEPT_DAYS = 90
"""How long effects are kept, and with them their dedup keys, once they are done or discarded."""
