"""One upgrade at a time: a lock of the database, held by a session of its own for as long as the process lives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from .errors import UpgradeError

LOCK_KEY = 6_021_973_004
WORK_KEY = LOCK_KEY + 1
"""Held by the session that changes the schema: the server may go on with a statement whose process was killed."""
ORPHAN_SECONDS = 20.0
HOLDER_SQL = """
SELECT a.pid, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI TZ') FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32) + l.objid::bigint = %s
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@contextmanager
def upgrade_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold the lock; the server lets it go with the session, however the process ends. Raises `UpgradeError`."""
    parameters = connection.get_connection_params()
    session = psycopg.connect(**parameters | {"autocommit": True, "application_name": "vacancy upgrade"})
    try:
        if not _try(session, LOCK_KEY):
            raise UpgradeError(
                f"Another upgrade is running{_holder(session, LOCK_KEY)}. This one changed nothing."
            )
        deadline = time.monotonic() + ORPHAN_SECONDS
        while not _try(session, WORK_KEY):
            if time.monotonic() > deadline:
                who = _holder(session, WORK_KEY)
                raise UpgradeError(
                    f"The server still works for an upgrade that was killed{who}: try again later."
                )
            time.sleep(0.2)
        session.execute("SELECT pg_advisory_unlock(%s)", [WORK_KEY])
        yield
    finally:
        session.close()


def upgrade_running(connection: BaseDatabaseWrapper) -> str:
    """Who holds the lock, in words; empty if nobody does. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER_SQL, [LOCK_KEY])
        row = cursor.fetchone()
    return _words(row)


def _try(session: psycopg.Connection[Any], key: int) -> bool:
    row = session.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
    return bool(row and row[0])


def _holder(session: psycopg.Connection[Any], key: int) -> str:
    return _words(session.execute(HOLDER_SQL, [key]).fetchone())


def _words(row: Any) -> str:
    return f" (session {row[0]} of the database, since {row[1]})" if row else ""
