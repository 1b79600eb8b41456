"""Empty the database after a test that commits: only the tables that have rows, in milliseconds.

Django truncates every table and makes content types and permissions anew, which cost half a second a test. The rows are
deleted with triggers and foreign keys off, because the ledger's own trigger (rightly) refuses to delete its entries.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.test import TransactionTestCase

KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})
PROTECTED = {
    "core_auditentry": ("append_only", "append_only_update", "append_only_truncate"),
    "core_auditlink": ("append_only", "append_only_truncate"),
    "core_auditseal": ("append_only", "append_only_truncate"),
}
"""Their triggers refuse even with triggers off, and are taken away for the moment."""


def flush(alias: str) -> None:
    """Delete every row but those that migrations and their signals made once for all."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    tables = [name for name in connection.introspection.table_names() if name not in KEPT]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in tables)
        )
        filled = [row[0] for row in cursor.fetchall()]
        if filled:
            deletes = "".join(_delete(name, quote(name)) for name in filled)
            cursor.execute(
                f"SET session_replication_role = replica; {deletes} SET session_replication_role = origin"
            )


def _delete(name: str, quoted: str) -> str:
    delete = f"DELETE FROM {quoted};"
    if name not in PROTECTED:
        return delete
    off = ", ".join(f"DISABLE TRIGGER {trigger}" for trigger in PROTECTED[name])
    on = ", ".join(f"ENABLE ALWAYS TRIGGER {trigger}" for trigger in PROTECTED[name])
    return f"ALTER TABLE {quoted} {off}; {delete} ALTER TABLE {quoted} {on};"


def _fixture_teardown(self: TransactionTestCase) -> None:
    for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        flush(alias)


def pytest_configure(config: Any) -> None:
    """Put our way in the place of Django's for every transactional test."""
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]
