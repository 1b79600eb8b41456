"""How a command ends that could not do its work: one sentence on standard error, an exit code, no traceback."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.utils import OperationalError
from redis.exceptions import ConnectionError as CacheConnectionError

from core.management.failing import failures_told

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "The database does not do what was asked"
CACHE = "The cache server does not do what was asked"
REFUSED = 'connection to server at "127.0.0.1", port 1 failed: Connection refused'


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (
            OperationalError("canceling statement due to statement timeout\nDETAIL: x"),
            1,
            f"{DATABASE}: canceling statement due to statement timeout. See docs/runbook.md#database-down.",
        ),
        (
            CacheConnectionError("Error 111 connecting to 127.0.0.1:1. Connection refused."),
            1,
            f"{CACHE}: Error 111 connecting to 127.0.0.1:1. Connection refused. See docs/runbook.md#cache-down.",
        ),
        (PermissionError(13, "Permission denied", "/srv/x"), 1, "Permission denied: /srv/x."),
        (OSError(28, "No space left on device"), 1, "No space left on device."),
    ],
)
def test_what_failed_is_told_in_a_sentence(
    error: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, failures_told(["manage.py", "x"]):
        raise error

    assert (ended.value.code, capsys.readouterr().err) == (code, f"{sentence}\n")


def fail_to_connect() -> None:
    for _attempt in range(3):
        pool = logging.getLogger("psycopg.pool")
        pool.warning("error connecting in 'pool-1': connection failed: %s\n\tIs it?", REFUSED)
        pool.warning("reconnection attempt in pool 'pool-1' failed")
    raise OperationalError("couldn't get a connection after 5.00 sec")


def test_the_pool_says_why_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), failures_told(["manage.py", "x"]):
        fail_to_connect()

    assert capsys.readouterr().err == (
        f"The database does not do what was asked: {REFUSED}. See docs/runbook.md#database-down.\n"
    )
    assert logging.getLogger("psycopg.pool").propagate


def test_what_is_wrong_with_the_program_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), failures_told(["manage.py", "x"]):
        raise ZeroDivisionError
    with pytest.raises(OperationalError), failures_told(["manage.py", "x", "--traceback"]):
        raise OperationalError


def test_a_command_without_its_database_says_so() -> None:
    environment = os.environ | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DEBUG": "false",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "audit_verify"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The database does not do what was asked: {REFUSED}. See docs/runbook.md#database-down.\n"
    )
