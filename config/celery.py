"""Background work. Requests never call ``.delay()``: the schedule and the outbox feed the workers."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("vacancy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "expire holds": {"task": "bookings.tasks.holds_expire", "schedule": 60.0},
    "reconcile payments": {"task": "bookings.tasks.payments_reconcile", "schedule": 300.0},
    "deliver the sandbox's events": {"task": "payments.tasks.sandbox_events_deliver", "schedule": 30.0},
    "extend inventory": {
        "task": "inventory.tasks.inventory_extend",
        "schedule": crontab(hour="1", minute="15"),
    },
    "forget idempotency keys": {
        "task": "core.tasks.idempotency_keys_prune",
        "schedule": crontab(minute="40"),
    },
}
