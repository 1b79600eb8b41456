"""How far the primary has written: a position in its log, which a copy has replayed or not."""

from __future__ import annotations

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

PREFIX = "replica_"
MARK = "@"
NOWHERE = 0
"""Before everything: any copy will do."""

PRIMARY_SQL = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
"""Not `pg_current_wal_lsn()`: with `synchronous_commit = off` a commit may still be in memory."""


def replica_aliases() -> tuple[str, ...]:
    """The copies that are configured."""
    return tuple(alias for alias in settings.DATABASES if alias.startswith(PREFIX))


def primary_position() -> int:
    """How far the primary is: in bytes, past everything that is committed. One query; none without copies."""
    if not replica_aliases():
        return NOWHERE
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(PRIMARY_SQL)
        row = cursor.fetchone()
    return int(row[0])


def marked(token: str) -> str:
    """A cache generation that says how far the primary was when it was made. One query; none without copies.

    What is computed under it is read from a database that is at least there, so that a late copy is never kept.
    """
    position = primary_position()
    return token if position == NOWHERE else f"{token}{MARK}{position}"


def marked_together(token: str, *generations: str) -> str:
    """One name for several generations, with the latest of their positions."""
    latest = max(map(position_of, generations), default=NOWHERE)
    return token if latest == NOWHERE else f"{token}{MARK}{latest}"


def position_of(generation: str) -> int:
    """Where the primary was when a generation was made."""
    _token, _mark, position = generation.partition(MARK)
    return int(position) if position.isdigit() else NOWHERE
