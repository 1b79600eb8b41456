"""The indexes of the database: their size and use, which nobody needs, and where one is missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

LARGE_ROWS = 10_000
"""A table from this many rows on is large: reading it whole for a few rows is a fault."""
SCAN_SHARE = 0.2
"""A sequential scan that reads on average at least so much of its table reads it whole."""

# Every index: its columns (expressions too), how often it was used, and whether a constraint needs it.
INDEXES = """
SELECT t.relname, i.relname, pg_relation_size(i.oid), coalesce(s.idx_scan, 0), x.indisunique,
       EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid),
       x.indisvalid, am.amname, coalesce(pg_get_expr(x.indpred, x.indrelid), ''),
       ARRAY(SELECT pg_get_indexdef(i.oid, n, true) || CASE WHEN x.indoption[n - 1] & 1 = 1 THEN ' DESC' ELSE '' END
             FROM generate_series(1, x.indnkeyatts) AS n),
       ARRAY(SELECT opc.opcname::text FROM unnest(x.indclass) WITH ORDINALITY AS o(id, n)
             JOIN pg_opclass opc ON opc.oid = o.id ORDER BY o.n),
       ARRAY(SELECT pg_get_indexdef(i.oid, n, true) FROM generate_series(x.indnkeyatts + 1, x.indnatts) AS n)
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid AND i.relkind = 'i'
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace ns ON ns.oid = t.relnamespace AND ns.nspname = current_schema()
JOIN pg_am am ON am.oid = i.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.oid
ORDER BY pg_relation_size(i.oid) DESC, t.relname, i.relname
"""

# Foreign keys whose columns are not the first ones of any whole index of their table.
FOREIGN_KEYS = """
SELECT t.relname, c.conname, ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, o)
       JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.o),
       r.relname, greatest(t.reltuples, 0)::bigint
FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_class r ON r.oid = c.confrelid
JOIN pg_namespace ns ON ns.oid = t.relnamespace AND ns.nspname = current_schema()
WHERE c.contype = 'f' AND c.conparentid = 0 AND NOT EXISTS (
  SELECT FROM pg_index x WHERE x.indrelid = c.conrelid AND x.indisvalid
  AND (x.indpred IS NULL OR pg_get_expr(x.indpred, x.indrelid) LIKE '%%IS NOT NULL%%')
  AND (x.indkey::int2[])[0:array_length(c.conkey, 1) - 1] @> c.conkey
  AND (x.indkey::int2[])[0:array_length(c.conkey, 1) - 1] <@ c.conkey
)
ORDER BY t.reltuples DESC, t.relname, c.conname
"""

# Large tables that are read from beginning to end.
SCANS = """
SELECT s.relname, s.seq_scan, s.seq_tup_read, coalesce(s.idx_scan, 0), s.n_live_tup, pg_relation_size(s.relid),
       greatest(s.last_analyze, s.last_autoanalyze)
FROM pg_stat_user_tables s
WHERE s.schemaname = current_schema() AND s.n_live_tup >= %s
ORDER BY s.seq_tup_read DESC
"""


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """One index. ``scans`` since ``stats_since``; ``condition`` is that of a partial one."""

    table: str
    name: str
    bytes: int
    scans: int
    is_unique: bool
    is_constraint: bool
    is_valid: bool
    method: str
    condition: str
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    included: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An index that another one can stand in for: its columns are the first ones of the other's."""

    table: str
    name: str
    covered_by: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Where an index would help: a foreign key without one, or a large table that is read whole again and again.

    ``rows`` is what the table holds, by its statistics.
    """

    table: str
    columns: tuple[str, ...]
    reason: str
    rows: int
    scans: int | None = None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """Everything about the indexes. ``stats_since`` is empty where the figures were never reset."""

    stats_since: str
    indexes: tuple[IndexFigures, ...]
    unused: tuple[IndexFigures, ...]
    duplicates: tuple[Duplicate, ...]
    missing: tuple[Missing, ...]
    unanalyzed: tuple[str, ...]


def index_report() -> IndexReport:
    """Size, use and sense of every index of the database. Four queries, of catalogues only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()")
        since = cursor.fetchone()[0]
        cursor.execute(INDEXES)
        indexes = tuple(
            IndexFigures(*row[:-3], *(tuple(listed) for listed in row[-3:])) for row in cursor.fetchall()
        )
        cursor.execute(FOREIGN_KEYS)
        missing = [
            Missing(table, tuple(columns), f"foreign key {name} to {target} without an index", rows)
            for table, name, columns, target, rows in cursor.fetchall()
        ]
        cursor.execute(SCANS, [LARGE_ROWS])
        tables = cursor.fetchall()
    missing += [
        Missing(table, (), "read whole again and again", rows, scans)
        for table, scans, rows_read, _index_scans, rows, _bytes, _analyzed in tables
        if scans and rows_read / scans >= SCAN_SHARE * rows
    ]
    return IndexReport(
        stats_since=since.isoformat() if since else "",
        indexes=indexes,
        unused=tuple(
            index for index in indexes if not (index.scans or index.is_unique or index.is_constraint)
        ),
        duplicates=_duplicates(indexes),
        missing=tuple(missing),
        unanalyzed=tuple(table for table, *_figures, analyzed in tables if analyzed is None),
    )


def _duplicates(indexes: tuple[IndexFigures, ...]) -> tuple[Duplicate, ...]:
    found = []
    by_table: dict[str, list[IndexFigures]] = {}
    for index in indexes:
        by_table.setdefault(index.table, []).append(index)
    for index in indexes:
        other = next((other for other in by_table[index.table] if _covers(other, index)), None)
        if other is not None:
            found.append(Duplicate(index.table, index.name, other.name, index.bytes))
    return tuple(found)


def _covers(other: IndexFigures, index: IndexFigures) -> bool:
    """Whether ``index`` could go because ``other`` does its work: same kind and condition, and begins alike.

    An index that a rule needs (unique, exclusion) does not go, unless another says exactly the same. Of two that are
    equal in everything the one with the later name goes.
    """
    if other is index or other.method != index.method or other.condition != index.condition:
        return False
    length = len(index.columns)
    if other.columns[:length] != index.columns or other.classes[:length] != index.classes:
        return False
    if index.method != "btree" and len(other.columns) != length:
        return False
    if not set(index.included) <= {*other.columns, *other.included}:
        return False
    is_equal = len(other.columns) == length and other.is_unique == index.is_unique
    if index.is_unique or index.is_constraint:
        return is_equal and not index.is_constraint and (other.is_constraint or other.name < index.name)
    if is_equal and set(index.included) == set(other.included):
        return other.is_constraint or other.name < index.name
    return True
