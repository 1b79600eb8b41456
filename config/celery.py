"""Background work. Requests never call ``.delay()``: the schedule and the outbox feed the workers."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("vacancy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.import_modules.connect
def schedule_fill(sender: Celery, **_kwargs: Any) -> None:
    """Take the schedule from the jobs that the apps declare, once their tasks are read."""
    from core.schedule.registry import beat_schedule  # noqa: PLC0415 - models, which exist only now

    sender.conf.beat_schedule = beat_schedule()
