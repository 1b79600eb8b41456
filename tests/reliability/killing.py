"""Workers that are killed at random moments, each a process of its own.

`python -m tests.reliability.killing ORDERS` prepares Django once and forks the workers from there. As often as ORDERS
say, one of them is ended by SIGKILL and another takes its place, until nothing is left to do. A worker claims an
effect, takes it and runs it as `manage.py dispatch_outbox --watch` does. Its handler "sends a mail": it appends a line
to a file, some time after it began and some time before it ends, so that kills hit before, between and after.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import django

KIND = "tests.killed"
LEASE_SECONDS = 1.0
SEND_SECONDS = 0.02


def main(orders: dict[str, Any]) -> dict[str, Any]:
    """Fork the workers, kill them in turn, and tell what is left when they are done or the time is over."""
    django.setup()
    from django.conf import settings
    from django.db import connections

    from core.models import Effect
    from core.models.outbox import UNFINISHED

    settings.EFFECT_LEASE_SECONDS = settings.EFFECT_DISPATCH_LEASE_SECONDS = LEASE_SECONDS
    settings.EFFECT_CONCURRENCY = {}
    handler_register(Path(orders["outbox"]))
    connections.close_all()
    chance = random.Random(orders["seed"])
    workers = [worker_fork() for _worker in range(orders["workers"])]
    deadline = time.monotonic() + orders["seconds"]
    kills = 0
    while time.monotonic() < deadline:
        time.sleep(chance.uniform(0, orders["kill_every_seconds"]))
        if kills < orders["kills"]:
            worker_kill(workers.pop(chance.randrange(len(workers))))
            kills += 1
            workers.append(worker_fork())
        elif not Effect.objects.filter(status__in=UNFINISHED).exists():
            break
        connections.close_all()
    for worker in workers:
        worker_kill(worker)
    return {"kills": kills}


def handler_register(outbox: Path) -> None:
    """Make the mails' file the handler of our kind."""
    from core.outbox import EffectRun, Queue, effect_handler

    def send(run: EffectRun) -> None:
        time.sleep(random.uniform(0, SEND_SECONDS))
        with outbox.open("ab", buffering=0) as file:
            file.write(f"<{run.dedup_key}@vacancy.test> {os.getpid()}\n".encode())
        time.sleep(random.uniform(0, SEND_SECONDS))

    effect_handler(KIND, queue=Queue.PROCESSING)(send)


def worker_fork() -> int:
    """Start a worker; its process id."""
    process_id = os.fork()
    if process_id == 0:
        worker_run()
    return process_id


def worker_run() -> None:
    """Do what is due until killed."""
    from core.outbox.dispatching import effects_run_due

    random.seed(os.getpid())
    while os.getppid() != 1:
        effects_run_due()
        time.sleep(0.05)
    os._exit(0)


def worker_kill(process_id: int) -> None:
    """End a worker at once, wherever it is."""
    os.kill(process_id, signal.SIGKILL)
    os.waitpid(process_id, 0)


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
