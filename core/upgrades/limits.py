"""How long a migration may wait for a lock and how long its statements may run, so that guests never wait behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from .locking import WORK_KEY

SETTINGS = (
    "idle_in_transaction_session_timeout",
    "client_connection_check_interval",
    "lock_timeout",
    "statement_timeout",
)
PATIENT = re.compile(
    r"\b(?:INDEX|VIEW|PARTITION|TABLE|SCHEMA)\s+CONCURRENTLY\b|\bVALIDATE CONSTRAINT\b", re.IGNORECASE
)
"""Statements that read a whole table and let everybody else go on meanwhile: no limit holds for them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; and how often what could not get its lock is tried."""

    lock_seconds: float
    statement_seconds: float
    tries: int
    pause_seconds: float = 2.0

    @classmethod
    def from_settings(cls) -> Limits:
        """What the environment says."""
        return cls(
            settings.UPGRADE_LOCK_SECONDS, settings.UPGRADE_STATEMENT_SECONDS, settings.UPGRADE_LOCK_TRIES
        )


@contextmanager
def limited(connection: BaseDatabaseWrapper, limits: Limits) -> Iterator[None]:
    """A session whose locks and statements are limited, but for those that hold nobody up."""
    _limit(connection, limits)
    try:
        with connection.execute_wrapper(_patience(limits)):
            yield
    finally:
        _unlimit(connection)


def _limit(connection: BaseDatabaseWrapper, limits: Limits) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '0', false)")
        # The server gives up a statement whose process is gone, instead of holding its locks to the end.
        cursor.execute("SELECT set_config('client_connection_check_interval', '1s', false)")
        cursor.execute("SELECT pg_advisory_lock(%s)", [WORK_KEY])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_milliseconds(limits.lock_seconds)])
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false)", [_milliseconds(limits.statement_seconds)]
        )


def _unlimit(connection: BaseDatabaseWrapper) -> None:
    """Give the session its own limits back; one that is broken is closed."""
    if connection.connection is None:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [WORK_KEY])
            for name in SETTINGS:
                cursor.execute(f"RESET {name}")
    except Error:
        connection.close()


def _patience(limits: Limits) -> Callable[..., Any]:
    def wrapper(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not isinstance(sql, str) or not PATIENT.search(sql):
            return execute(sql, params, many, context)
        cursor = context["cursor"]
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)"
        )
        result = execute(sql, params, many, context)
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)",
            [_milliseconds(limits.statement_seconds), _milliseconds(limits.lock_seconds)],
        )
        return result

    return wrapper


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"
