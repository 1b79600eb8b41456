"""The way back: migrations taken back if that loses nothing, otherwise the backup that was made before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunSQL, SeparateDatabaseAndState
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .journal import Entry, EntryState
from .linting.looks import statement_looks, type_widens
from .linting.sql import statements
from .schema import HalfDone, half_done, name_of, state_before

DESTROYS = {"drop-table", "drop-column", "rewrite"}
INTEGERS = {"smallint", "integer", "bigint", "serial", "bigserial", "smallserial"}


@dataclass(frozen=True, slots=True)
class WayBack:
    """What `upgrade --back` would do, and what speaks against it.

    ``obstacles`` say why the schema cannot be taken back without loss; ``losses`` which new data would go.
    """

    migrations: tuple[Migration, ...]
    half: HalfDone | None
    obstacles: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def is_needed(self) -> bool:
        """Whether anything of the upgrade is in the database."""
        return bool(self.migrations or self.half)


def way_back(connection: BaseDatabaseWrapper, entry: Entry) -> WayBack:
    """What it takes to have the schema that was there before an upgrade.

    New data are looked for only after an upgrade that was done: before that no new version has served anybody. A query
    for each new column and table.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader
    planned = [node for node in entry.planned if node in loader.applied_migrations]
    found = tuple(
        loader.disk_migrations[node] for node in reversed(planned) if node in loader.disk_migrations
    )
    missing = [
        f"{label}.{name} is not part of this code"
        for label, name in planned
        if (label, name) not in loader.disk_migrations
    ]
    later = [
        f"{label}.{name}, which came later, needs it"
        for label, name in loader.applied_migrations
        if (label, name) in loader.graph.nodes
        and (label, name) not in planned
        and any(before in planned for before in loader.graph.forwards_plan((label, name))[:-1])
    ]
    half = half_done(executor, entry)
    obstacles = [*missing, *later]
    losses: list[str] = []
    concerned = [(migration, len(migration.operations)) for migration in found]
    if half is not None:
        concerned.append((half.migration, half.steps + 1))
    for migration, number in concerned:
        for operation, state in _operations(migration, state_before(executor, migration), number):
            obstacles += [
                f"{name_of(migration)}: {text}"
                for text in _obstacles(connection, operation, migration.app_label, state)
            ]
            if entry.state == EntryState.DONE:
                losses += _losses(connection, operation, migration.app_label, state)
    return WayBack(found, half, tuple(obstacles), tuple(losses))


def _operations(
    migration: Migration, state: ProjectState, number: int
) -> Iterator[tuple[Operation, ProjectState]]:
    """The first operations that reach the database, each with the models before it."""
    for operation in migration.operations[:number]:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        if not isinstance(operation, SeparateDatabaseAndState):
            yield operation, before
            continue
        for inner in operation.database_operations:
            yield inner, before.clone()
            inner.state_forwards(migration.app_label, before)


def _obstacles(
    connection: BaseDatabaseWrapper, operation: Operation, label: str, state: ProjectState
) -> Iterator[str]:
    """Why an operation cannot be taken back, or has destroyed what nobody brings back."""
    if not operation.reversible:
        yield f"“{operation.describe()}” cannot be taken back"
    elif isinstance(operation, ops.RemoveField | ops.DeleteModel):
        yield f"“{operation.describe()}” has thrown data away"
    elif isinstance(operation, RunSQL):
        texts = [operation.sql] if isinstance(operation.sql, str) else []
        for statement in (part for text in texts for part in statements(text)):
            if any(look.kind in DESTROYS for look in statement_looks(statement, state)):
                yield f"“{statement[:60]}” has thrown data away"
    elif isinstance(operation, ops.AlterField) and _narrows(connection, operation, label, state):
        yield f"“{operation.describe()}” may have shortened values"


def _narrows(
    connection: BaseDatabaseWrapper, operation: ops.AlterField, label: str, state: ProjectState
) -> bool:
    """Whether a new type holds less than the old one."""
    after = state.clone()
    operation.state_forwards(label, after)
    old, new = (
        str(
            known.apps.get_model(label, operation.model_name)
            ._meta.get_field(operation.name)
            .db_type(connection)
        )
        for known in (state, after)
    )
    return old != new and not type_widens(old, new) and not {old, new} <= INTEGERS


def _losses(
    connection: BaseDatabaseWrapper, operation: Operation, label: str, state: ProjectState
) -> Iterator[str]:
    """What was written since into what would go."""
    after = state.clone()
    operation.state_forwards(label, after)
    if isinstance(operation, ops.CreateModel):
        if operation.options.get("managed", True) and not operation.options.get("proxy"):
            yield from _rows(connection, after.apps.get_model(label, operation.name)._meta.db_table)
    elif isinstance(operation, ops.AddField):
        model = after.apps.get_model(label, operation.model_name)
        field = model._meta.get_field(operation.name)
        if isinstance(field, models.ManyToManyField):
            through = field.remote_field.through
            assert through is not None
            yield from _rows(connection, through._meta.db_table)
        elif isinstance(field, models.Field) and field.column:
            yield from _column_rows(connection, model, field, field.column)


def _column_rows(
    connection: BaseDatabaseWrapper, model: type[models.Model], field: models.Field[Any, Any], column: str
) -> Iterator[str]:
    """Rows whose new column says something: not empty, nor what every row was given."""
    default, parameters = "NULL", list[Any]()
    if field.has_db_default():
        default, values = connection.schema_editor(atomic=False).db_default_sql(field)
        parameters = list(values)
    elif field.has_default() and not callable(field.default):
        default, parameters = "%s", [field.get_db_prep_save(field.default, connection)]
    yield from _rows(connection, model._meta.db_table, column, default, parameters)


def _rows(
    connection: BaseDatabaseWrapper,
    table: str,
    column: str = "",
    default: str = "NULL",
    parameters: list[Any] | None = None,
) -> Iterator[str]:
    """How many rows there are, of a column how many say something else than its default."""
    sql = f"SELECT count(*) FROM {_quoted(connection, table)}"  # noqa: S608 - names of our own
    if column:
        quoted = _quoted(connection, column)
        sql += f" WHERE {quoted} IS NOT NULL AND {quoted} IS DISTINCT FROM {default}"
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        number = int(cursor.fetchone()[0])
    if number:
        about = f"{table}.{column}" if column else table
        yield f"{number} {'row' if number == 1 else 'rows'} of {about}"


def _quoted(connection: BaseDatabaseWrapper, name: str) -> str:
    return str(connection.ops.quote_name(name))
