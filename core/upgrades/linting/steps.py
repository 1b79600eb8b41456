"""What a migration does to the database, operation by operation, as SQL. Nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .sql import statements

Piece = tuple[Operation, ProjectState, ProjectState]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with its statements; ``runs_code`` for one that is a function in Python."""

    operation: Operation
    statements: tuple[str, ...]
    runs_code: bool
    before: ProjectState
    """The models as they are before it."""


def migration_steps(
    migration: Migration, state: ProjectState, connection: BaseDatabaseWrapper
) -> tuple[list[Step], ProjectState]:
    """The steps of a migration, and the models after it; ``state`` are the models before it, and stays as it is.

    The connection quotes values and looks constraints up by name; nothing is written.
    """
    steps = []
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        steps += [
            _step(migration, piece, connection)
            for piece in _pieces(operation, migration.app_label, state, after)
        ]
        state = after
    return steps, state


def _pieces(operation: Operation, label: str, before: ProjectState, after: ProjectState) -> Iterator[Piece]:
    """What of an operation reaches the database."""
    if not isinstance(operation, SeparateDatabaseAndState):
        yield operation, before, after
        return
    for inner in operation.database_operations:
        then = before.clone()
        inner.state_forwards(label, then)
        yield from _pieces(inner, label, before, then)
        before = then


def _step(migration: Migration, piece: Piece, connection: BaseDatabaseWrapper) -> Step:
    operation, before, after = piece
    if not operation.reduces_to_sql or isinstance(operation, RunPython):
        return Step(operation, (), True, before)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        operation.database_forwards(migration.app_label, editor, before, after)
    found = tuple(part for text in editor.collected_sql for part in statements(text))
    return Step(operation, found, False, before)
