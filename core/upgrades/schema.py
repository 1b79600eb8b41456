"""In what state the schema is: what is applied, what is missing, and what was left half done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from .journal import Entry, Journal, Node

INVALID_INDEXES = """
SELECT i.relname, t.relname FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
 WHERE i.relnamespace = current_schema()::regnamespace AND i.relkind IN ('i', 'I')
   AND NOT (x.indisvalid AND x.indisready)
   AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
 ORDER BY 1
"""
UNVALIDATED = """
SELECT c.conname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE t.relnamespace = current_schema()::regnamespace AND NOT c.convalidated ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class HalfDone:
    """A migration that runs outside transactions and did not come to its end.

    ``steps`` of its operations were done; of the next one perhaps a part.
    """

    migration: Migration
    steps: int

    def __str__(self) -> str:
        number, total = self.steps, len(self.migration.operations)
        return f"{name_of(self.migration)} is half applied: {number} of its {total} operations are done"


@dataclass(frozen=True, slots=True)
class Schema:
    """What is applied and what is not. ``indexes`` and ``constraints`` are pairs of a name and its table."""

    is_empty: bool
    applied: frozenset[Node]
    pending: tuple[Migration, ...]
    unknown: tuple[str, ...]
    broken: str
    indexes: tuple[tuple[str, str], ...]
    constraints: tuple[tuple[str, str], ...]
    entry: Entry | None
    half_done: HalfDone | None


def name_of(migration: Migration) -> str:
    """A migration as operators read it: `bookings.0021_fewer_indexes`."""
    return f"{migration.app_label}.{migration.name}"


def node_of(migration: Migration) -> Node:
    """A migration as the graph names it."""
    return migration.app_label, migration.name


def schema_look(connection: BaseDatabaseWrapper, executor: MigrationExecutor | None = None) -> Schema:
    """Look at the catalogue, the list of applied migrations and the journal. At most seven queries."""
    executor = executor or MigrationExecutor(connection)
    loader = executor.loader
    applied = frozenset(loader.applied_migrations)
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    entry = Journal(connection).last()
    return Schema(
        is_empty=not applied,
        applied=applied,
        pending=tuple(migration for migration, _backwards in plan),
        unknown=tuple(
            sorted(
                f"{label}.{name}"
                for label, name in applied
                if label in loader.migrated_apps and (label, name) not in loader.disk_migrations
            )
        ),
        broken=_broken(executor),
        indexes=_pairs(connection, INVALID_INDEXES),
        constraints=_pairs(connection, UNVALIDATED),
        entry=entry,
        half_done=half_done(executor, entry),
    )


def half_done(executor: MigrationExecutor, entry: Entry | None) -> HalfDone | None:
    """What an upgrade left half done: only what runs outside transactions can be, and the journal knows how far."""
    node = entry.running_node if entry is not None else None
    if entry is None or node is None or node in executor.loader.applied_migrations:
        return None
    migration = executor.loader.disk_migrations.get(node)
    if migration is None or migration.atomic:
        return None
    return HalfDone(migration, entry.steps)


def index_state(connection: BaseDatabaseWrapper, name: str) -> str:
    """`valid`, `invalid` or `missing`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(%s)", [f'"{name}"']
        )
        row = cursor.fetchone()
    return "missing" if row is None else "valid" if row[0] else "invalid"


def state_before(executor: MigrationExecutor, migration: Migration) -> ProjectState:
    """The models as the applied migrations make them, up to the one that comes next."""
    loader = executor.loader
    state = ProjectState(real_apps=loader.unmigrated_apps)
    for earlier, _backwards in executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True):
        if node_of(earlier) == node_of(migration):
            break
        if node_of(earlier) in loader.applied_migrations:
            earlier.mutate_state(state, preserve=False)
    return state


def _broken(executor: MigrationExecutor) -> str:
    """What is wrong with the migrations themselves; empty if nothing is."""
    if conflicts := executor.loader.detect_conflicts():
        return "; ".join(
            f"{label} has several newest migrations: {', '.join(names)}" for label, names in conflicts.items()
        )
    try:
        executor.loader.check_consistent_history(executor.connection)
    except InconsistentMigrationHistory as error:
        return str(error)
    return ""


def _pairs(connection: BaseDatabaseWrapper, sql: str) -> tuple[tuple[str, str], ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[Any] = cursor.fetchall()
    return tuple((name, table) for name, table in rows)
