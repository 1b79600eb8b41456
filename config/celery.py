"""Background work. Requests never call ``.delay()``: the schedule and the outbox feed the workers."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

from config.starting import settings_load

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
settings_load()

app = Celery("vacancy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_process_init.connect(weak=False)
def traces_begin(**_kwargs: Any) -> None:
    """Send traces from each process of a worker, if they are wanted; threads do not survive a fork."""
    from config.tracing import tracing_start  # noqa: PLC0415 - its imports need the settings

    tracing_start()


@signals.import_modules.connect
def schedule_fill(sender: Celery, **_kwargs: Any) -> None:
    """Take the schedule from the jobs that the apps declare, once their tasks are read."""
    from core.schedule.registry import beat_schedule  # noqa: PLC0415 - models, which exist only now

    sender.conf.beat_schedule = beat_schedule()


@signals.celeryd_init.connect
def heart_begin(**_kwargs: Any) -> None:
    """Let each worker tell that it is alive."""
    from core.system.heartbeats import worker_step  # noqa: PLC0415 - models, which exist only now

    app.steps["consumer"].add(worker_step())
