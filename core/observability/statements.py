"""What PostgreSQL itself has counted, where the extension pg_stat_statements is installed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import Error, connection, transaction

from core.observability.shapes import sql_shape

STATEMENTS = """
SELECT query, calls, total_exec_time, mean_exec_time, min_exec_time, max_exec_time, rows,
       shared_blks_hit, shared_blks_read
FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
WHERE datname = current_database() ORDER BY total_exec_time DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class StatementFigures:
    """One statement as the server counted it; durations in milliseconds, without the way to the server and back."""

    shape: str
    calls: int
    total_ms: float
    average_ms: float
    min_ms: float
    max_ms: float
    rows: int
    blocks_hit: int
    blocks_read: int


def statement_figures(*, limit: int) -> list[StatementFigures] | str:
    """The statements that took longest in all, or, where the server does not count, why not. At most two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'")
        if not cursor.fetchone()[0]:
            return "The extension pg_stat_statements is not installed in this database."
        try:
            with transaction.atomic():
                cursor.execute(STATEMENTS, [limit])
                rows = cursor.fetchall()
        except Error as error:  # installed, but not loaded by the server, or not ours to read
            return f"pg_stat_statements cannot be read: {str(error).splitlines()[0]}"
    return [StatementFigures(sql_shape(row[0]), *row[1:]) for row in rows]
