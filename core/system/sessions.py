"""The connections that PostgreSQL itself knows of, whoever opened them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

SESSIONS = """
SELECT count(*) FILTER (WHERE backend_type = 'client backend'),
       count(*) FILTER (WHERE backend_type = 'client backend' AND state = 'active'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
FROM pg_stat_activity
"""


@dataclass(frozen=True, slots=True)
class DatabaseSessions:
    """Client connections: taken, of them at work as far as we may see, and how many there may be."""

    used: int
    active: int
    most: int


def database_sessions() -> DatabaseSessions:
    """All clients' connections to the server. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        row = cursor.fetchone()
    return DatabaseSessions(*row)
