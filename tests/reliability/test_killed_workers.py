"""500 effects, 20 workers, and SIGKILL at random moments: nothing is lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from core.models import Effect
from core.outbox import effect_enqueue
from tests.concurrency.crowd import ROOT, database_url
from tests.outbox import handled
from tests.reliability.killing import KIND

EFFECTS = 500
WORKERS = 20
KILLS = 150

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def workers_killed(outbox: Path, *, seed: int) -> dict[str, int]:
    """Let the workers do everything while they are killed, in a program of its own."""
    orders = {
        "outbox": str(outbox),
        "workers": WORKERS,
        "kills": KILLS,
        "kill_every_seconds": 0.06,
        "seconds": 300,
        "seed": seed,
    }
    environment = os.environ | {
        "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "LOG_LEVEL": "CRITICAL",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.killing", json.dumps(orders)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    told: dict[str, int] = json.loads(finished.stdout)
    return told


def test_no_effect_is_lost_and_none_is_sent_twice_but_for_a_kill(tmp_path: Path) -> None:
    outbox = tmp_path / "mails"
    outbox.touch()
    with handled(KIND):
        for number in range(EFFECTS):
            ordering = f"key {number % 100}" if number % 5 == 0 else ""
            effect_enqueue(
                kind=KIND, payload={"number": number}, dedup_key=f"mail:{number}", ordering_key=ordering
            )
    seed = random.randrange(10**6)

    told = workers_killed(outbox, seed=seed)

    assert told["kills"] == KILLS, f"seed {seed}"
    assert Counter(Effect.objects.values_list("status", flat=True)) == {"done": EFFECTS}, f"seed {seed}"
    mails = [line.split()[0] for line in outbox.read_text().splitlines()]
    sent = Counter(mails)
    assert sent.keys() == {f"<mail:{number}@vacancy.test>" for number in range(EFFECTS)}
    interruptions = dict(Effect.objects.values_list("dedup_key", "interruptions"))
    assert sum(interruptions.values()) > 0, "no kill hit a running handler: nothing was proven"
    for message_id, times in sent.items():
        assert times <= 1 + interruptions[message_id.strip("<>").removesuffix("@vacancy.test")]
    assert not Effect.objects.exclude(attempts=1).exists()
    first_sent = [int(message_id[len("<mail:") :].split("@")[0]) for message_id in sent]
    for key in range(0, 100, 5):
        of_one_key = [number for number in first_sent if number % 100 == key]
        assert of_one_key == list(range(key, EFFECTS, 100))
