"""How far the copies of the database are behind, asked of each of them."""

from __future__ import annotations

import time

from django.db import Error, connections

from core.replicas.positions import primary_position, replica_aliases

PAGE_HEADER_BYTES = 64
"""At the beginning of a page the primary's position is that much past the last thing that there is to replay."""
PATIENCE_SECONDS = 1.0
PAUSE_SECONDS = 0.1

BEHIND = """
SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn,
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
WHERE pg_is_in_recovery()
"""


def replica_lags() -> dict[str, float | None]:
    """By copy: the seconds it is behind; None for one that does not answer, or is no copy any more.

    A copy that reaches within a second what the primary had when it was asked is behind by what that took, however long
    ago the last write was. Only one that does not is measured by the age of the last thing it has replayed. One query
    to the primary, up to ten to each copy; each is a connection of this thread, which its caller closes.
    """
    aliases = replica_aliases()
    if not aliases:
        return {}
    started = time.monotonic()
    position = primary_position() - PAGE_HEADER_BYTES
    lags: dict[str, float | None] = {}
    waiting, waited = list(aliases), 0.0
    while waiting:
        is_last = waited >= PATIENCE_SECONDS
        for alias in list(waiting):
            replayed, age = _asked(alias)
            if replayed is None:
                lags[alias] = None
            elif replayed >= position:
                lags[alias] = round(waited, 3)
            elif is_last:
                lags[alias] = age
            else:
                continue
            waiting.remove(alias)
        if waiting:
            time.sleep(PAUSE_SECONDS)
            waited = time.monotonic() - started
    return lags


def _asked(alias: str) -> tuple[int | None, float | None]:
    """How far a copy has replayed, and the age of the last thing it has; nothing for one that is away, or no copy."""
    try:
        with connections[alias].cursor() as cursor:
            if cursor.db.alias != alias:  # the copy failed, and the primary stands in for it
                return None, None
            cursor.execute(BEHIND)
            row = cursor.fetchone()
    except Error:
        return None, None
    if row is None or row[0] is None:
        return None, None
    return int(row[0]), None if row[1] is None else max(0.0, float(row[1]))
