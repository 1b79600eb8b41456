"""A connection to a copy for reading. When the copy fails, the statement is asked of the primary instead.

That is safe because a copy only reads, statement by statement: nothing has happened there that could happen twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.postgresql import base
from psycopg import errors as pg_errors

from core.replicas.servers import replicas

FAILURES = (OperationalError, InterfaceError)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, as a copy of another one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(_execute)

    def cursor(self) -> Any:
        """A cursor of the copy; one of the primary if the copy cannot be reached."""
        try:
            return super().cursor()
        except FAILURES as error:
            replicas.failed(self.alias, error)
            return connections[DEFAULT_DB_ALIAS].cursor()

    def chunked_cursor(self) -> Any:
        """As `cursor`, for results that are fetched bit by bit."""
        try:
            return super().chunked_cursor()
        except FAILURES as error:
            replicas.failed(self.alias, error)
            return connections[DEFAULT_DB_ALIAS].chunked_cursor()


def _execute(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any], /
) -> Any:
    """Execute-wrapper of copies: what fails there is asked of the primary.

    A query that replaying cancelled (a conflict with a vacuum of the primary) is, too; the copy stays in use. A query
    that took too long is not: it would take as long again.
    """
    try:
        return execute(sql, params, many, context)
    except FAILURES as error:
        cause = error.__cause__
        if isinstance(cause, pg_errors.QueryCanceled):
            raise
        connection = context["connection"]
        if not isinstance(cause, pg_errors.SerializationFailure):
            replicas.failed(connection.alias, error)
        chunked = getattr(context["cursor"].cursor, "name", None) is not None
        connection.close()
        primary = connections[DEFAULT_DB_ALIAS]
        context["cursor"].cursor = (primary.chunked_cursor() if chunked else primary.cursor()).cursor
        return execute(sql, params, many, context)
