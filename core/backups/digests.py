"""What a database holds, table by table, in a form that two databases can be compared by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from .manifest import TableFacts
from .progress import Advance

TABLES_SQL = """
    SELECT n.nspname, c.relname
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
    ORDER BY n.nspname, c.relname
"""
DIGEST_SQL = """
    SELECT count(*),
           coalesce(sum(('x' || encode(substr(hash, 1, 8), 'hex'))::bit(64)::bigint::numeric), 0),
           coalesce(sum(('x' || encode(substr(hash, 9, 8), 'hex'))::bit(64)::bigint::numeric), 0)
    FROM (SELECT sha256(convert_to(row::text, 'UTF8')) AS hash FROM ONLY {} AS row OFFSET 0) AS hashes
"""
"""Each row as text is hashed, and the hashes are added up: the order of rows does not matter, a row twice does."""
MIGRATIONS_SQL = "SELECT app, name FROM django_migrations ORDER BY app, name"


def tables_digest(session: psycopg.Connection[Any], *, advance: Advance) -> dict[str, TableFacts]:
    """Rows and digest of every table but PostgreSQL's and its extensions' own; partitions one by one.

    Reads every row (measured: 3.5 s for a million). A query for each table, in the session's own snapshot.
    """
    facts = {}
    for schema, table in session.execute(TABLES_SQL).fetchall():
        statement = sql.SQL(DIGEST_SQL).format(sql.Identifier(schema, table))
        rows, high, low = session.execute(statement).fetchone() or (0, 0, 0)
        facts[f"{schema}.{table}"] = TableFacts(
            rows=rows, digest=f"{int(high):x}.{int(low):x}" if rows else ""
        )
        advance(1)
    return facts


def tables_differing(wanted: dict[str, TableFacts], found: dict[str, TableFacts]) -> Iterator[str]:
    """What differs, a sentence for each table."""
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in wanted:
            yield f"{name} should not be there"
        elif wanted[name].rows != found[name].rows:
            yield f"{name} has {found[name].rows} rows instead of {wanted[name].rows}"
        elif wanted[name].digest != found[name].digest:
            yield f"{name} has other contents"


def migrations_applied(session: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The applied migrations of each app by name; none in a database that was never migrated. Two queries."""
    if session.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return {}
    applied: dict[str, list[str]] = {}
    for app, name in session.execute(MIGRATIONS_SQL).fetchall():
        applied.setdefault(app, []).append(name)
    return applied
