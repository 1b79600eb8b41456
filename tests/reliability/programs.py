"""The dispatcher and Celery's application, with leases of seconds and handlers that tell a file what they do.

`celery -A tests.reliability.programs worker` is a worker, `python -m tests.reliability.programs` the dispatcher. The
file is named by DIARY; each line is what happened, the number of the effect, and the process.
"""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from celery import signals

from config.celery import app

from .names import JOB, KIND

LEASE_SECONDS = 2.0
RUN_LEASE_SECONDS = float(os.environ.get("RUN_LEASE_SECONDS", LEASE_SECONDS))
"""How long a program that is not heard of keeps what it runs. Longer where nobody is killed: on a machine that has no
time for it, one that works looks like one that is gone."""
DOOMED_SECONDS = 600.0
"""So long the first run of a doomed effect waits to be killed."""
__all__ = ["app"]


def tell(what: str, number: int) -> None:
    """Write a line into the diary, at once and whole."""
    with Path(os.environ["DIARY"]).open("ab", buffering=0) as diary:
        diary.write(f"{what} {number} {os.getpid()}\n".encode())


def has_begun(number: int) -> bool:
    """Whether the diary knows of an earlier run of this effect."""
    return any(
        line.startswith(f"begin {number} ") for line in Path(os.environ["DIARY"]).read_text().splitlines()
    )


@signals.import_modules.connect
def prepare(**_kwargs: Any) -> None:
    """Shorten the leases and add the handlers, after Celery has set up Django."""
    from django.conf import settings

    from core.outbox import EffectRun, Queue, effect_handler
    from core.schedule import scheduled_job

    settings.EFFECT_LEASE_SECONDS = RUN_LEASE_SECONDS
    settings.EFFECT_DISPATCH_LEASE_SECONDS = LEASE_SECONDS
    settings.BROKER_PAUSE_SECONDS_MAX = 1.0

    def work(run: EffectRun) -> None:
        number = run.payload["number"]
        is_doomed = run.payload.get("doomed") and not has_begun(number)
        tell("begin", number)
        time.sleep(DOOMED_SECONDS if is_doomed else run.payload["seconds"])
        tell("end", number)

    def killed_once(*, at: datetime | None = None) -> None:
        """Kill the process it runs in, the first time."""
        first = "job" not in Path(os.environ["DIARY"]).read_text()
        tell("job", 1 if first else 2)
        if first:
            os.kill(os.getpid(), signal.SIGKILL)

    effect_handler(KIND, queue=Queue.PROCESSING)(work)
    scheduled_job(JOB, every=3600)(killed_once)


def main() -> None:
    """Be the dispatcher until SIGTERM."""
    django.setup()
    prepare()
    from django.core.management import call_command

    call_command("dispatch_outbox", celery=True, watch=True)


if __name__ == "__main__":
    main()
