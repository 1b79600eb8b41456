"""Whether PostgreSQL manages to put its log away, by its own account; `wal_check` looks at what was put away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

ARCHIVER = """
SELECT current_setting('archive_mode') <> 'off', last_archived_time, failed_count,
       last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time)
FROM pg_stat_archiver
"""


@dataclass(frozen=True, slots=True)
class LogArchive:
    """Whether the log is archived at all, when a piece of it last was, and whether the last attempt was in vain."""

    is_on: bool
    last_at: datetime | None
    failures: int
    is_failing: bool


def log_archive() -> LogArchive:
    """What the server says. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER)
        row = cursor.fetchone()
    return LogArchive(*row)
