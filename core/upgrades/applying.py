"""Applying migrations and taking them back so that none can be half done without anybody knowing.

A migration in a transaction is recorded in the same transaction, with everything that Django defers. One outside a
transaction is done operation by operation, and the journal knows which of them are done: in the same transaction where
that can be, else the catalogue tells (an index is there, is not, or is invalid).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .journal import Journal
from .limits import Limits
from .schema import HalfDone, index_state, name_of, node_of, state_before

LOCK_NOT_AVAILABLE = "55P03"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that was applied or taken back, and how long it took."""

    migration: str
    seconds: float


class Applier:
    """Applies and takes back, one migration after the other, for one entry of the journal."""

    def __init__(self, connection: BaseDatabaseWrapper, *, entry: int, limits: Limits, tell: Tell) -> None:
        self.connection = connection
        self.journal = Journal(connection)
        self.entry = entry
        self.limits = limits
        self.tell = tell
        self.done: list[Applied] = []

    def forwards(self, migrations: list[Migration], *, half: HalfDone | None = None) -> None:
        """Apply migrations, the half done one from where it stopped. Whatever goes wrong is raised."""
        executor = MigrationExecutor(self.connection)
        executor.recorder.ensure_schema()
        state: ProjectState | None = None
        for migration in migrations:
            begun = time.monotonic()
            steps = half.steps if half is not None and node_of(half.migration) == node_of(migration) else 0
            self.tell(f"Applying {name_of(migration)}" + (f" from operation {steps + 1}" if steps else ""))
            if state is None:
                state = state_before(executor, migration)
            self.journal.note(self.entry, running=name_of(migration), steps=steps)
            if migration.atomic:
                state = self._apply_whole(executor, migration, state)
            else:
                state = self._apply_steps(executor, migration, state, half=half, steps=steps)
            executor.loader.applied_migrations[node_of(migration)] = migration
            self.done.append(Applied(name_of(migration), round(time.monotonic() - begun, 2)))

    def backwards(self, migrations: list[Migration], *, half: HalfDone | None = None) -> None:
        """Take migrations back in the order given, before them what the half done one has done."""
        if half is not None:
            self.tell(f"Taking back what {name_of(half.migration)} has done")
            self._unapply_steps(
                MigrationExecutor(self.connection), half.migration, half.steps, is_partial=True
            )
        for migration in migrations:
            begun = time.monotonic()
            self.tell(f"Taking back {name_of(migration)}")
            executor = MigrationExecutor(self.connection)
            self.journal.note(self.entry, running=name_of(migration), steps=len(migration.operations))
            if migration.atomic:
                self._patiently(lambda e=executor, m=migration: self._unapply_whole(e, m))  # type: ignore[misc]
            else:
                executor.recorder.record_unapplied(*node_of(migration))
                self._unapply_steps(executor, migration, len(migration.operations), is_partial=False)
            self.done.append(Applied(name_of(migration), round(time.monotonic() - begun, 2)))
        self.journal.note(self.entry, running="", steps=0)

    # --- in a transaction -----------------------------------------------------------------------------------------

    def _apply_whole(
        self, executor: MigrationExecutor, migration: Migration, state: ProjectState
    ) -> ProjectState:
        """All of it with its record, or nothing."""
        states = iter([state])

        def apply() -> ProjectState:
            # A try that failed has changed the models it was given: the next one has its own.
            before = next(states, None) or state_before(executor, migration)
            with transaction.atomic(using=self.connection.alias):
                after: ProjectState = executor.apply_migration(before, migration)
                return after

        after: ProjectState = self._patiently(apply)
        return after

    def _unapply_whole(self, executor: MigrationExecutor, migration: Migration) -> None:
        with transaction.atomic(using=self.connection.alias):
            executor.migrate([], plan=[(migration, True)])

    # --- operation by operation -----------------------------------------------------------------------------------

    def _apply_steps(
        self,
        executor: MigrationExecutor,
        migration: Migration,
        state: ProjectState,
        *,
        half: HalfDone | None,
        steps: int,
    ) -> ProjectState:
        is_resumed = half is not None and node_of(half.migration) == node_of(migration)
        for place, operation in enumerate(migration.operations):
            if place < steps:
                operation.state_forwards(migration.app_label, state)
                continue
            if is_resumed and place == steps and self._is_done(operation):
                operation.state_forwards(migration.app_label, state)
            else:
                self._step(migration, operation, state, forwards=True, left=place + 1)
            self.journal.note(self.entry, steps=place + 1)
        executor.recorder.record_applied(*node_of(migration))
        return state

    def _unapply_steps(
        self, executor: MigrationExecutor, migration: Migration, steps: int, *, is_partial: bool
    ) -> None:
        """Take back the first operations of a migration that is not recorded as applied, the last of them first."""
        state = state_before(executor, migration)
        states = []
        for operation in migration.operations:
            states.append(state)
            state = state.clone()
            operation.state_forwards(migration.app_label, state)
        if is_partial and steps < len(migration.operations):
            self._unapply_part(migration, migration.operations[steps], states[steps])
        for place in reversed(range(steps)):
            self._undo(migration, migration.operations[place], states[place], left=place)
            self.journal.note(self.entry, steps=place)

    def _undo(
        self, migration: Migration, operation: Operation, state: ProjectState, *, left: int | None
    ) -> None:
        """Take back one operation that was done; an index that should be there again may be already, or half built."""
        if isinstance(operation, RemoveIndexConcurrently):
            if index_state(self.connection, operation.name) == "valid":
                return
            self._drop_index(operation.name)
        self._step(migration, operation, state, forwards=False, left=left)

    def _unapply_part(self, migration: Migration, operation: Operation, state: ProjectState) -> None:
        """What may be there of an operation that was interrupted: an index that is not whole, or is, or has gone."""
        if isinstance(operation, AddIndexConcurrently):
            self._drop_index(operation.index.name)
        elif isinstance(operation, RemoveIndexConcurrently):
            self._undo(migration, operation, state, left=None)

    def _step(
        self,
        migration: Migration,
        operation: Operation,
        state: ProjectState,
        *,
        forwards: bool,
        left: int | None,
    ) -> None:
        """Do or undo one operation, which is noted with it where it can be in a transaction. Changes ``state``."""
        part = type("Migration", (Migration,), {"operations": [operation], "atomic": False})(
            migration.name, migration.app_label
        )

        def run() -> None:
            with self.connection.schema_editor(atomic=False) as editor:
                part.apply(state, editor) if forwards else part.unapply(state, editor)

        if not _in_transaction(operation):
            run()
            return
        before = state.clone()

        def run_noted() -> None:
            nonlocal state
            with transaction.atomic(using=self.connection.alias):
                with self.connection.schema_editor(atomic=False) as editor:
                    attempt = before.clone()
                    part.apply(attempt, editor) if forwards else part.unapply(attempt, editor)
                if left is not None:
                    self.journal.note(self.entry, steps=left)

        self._patiently(run_noted)
        if forwards:
            operation.state_forwards(migration.app_label, state)

    def _is_done(self, operation: Operation) -> bool:
        """Whether the operation that was interrupted came to its end after all; what is left of an index goes."""
        if isinstance(operation, AddIndexConcurrently):
            found = index_state(self.connection, operation.index.name)
            if found == "invalid":
                self._drop_index(operation.index.name)
            return found == "valid"
        if isinstance(operation, RemoveIndexConcurrently):
            self._drop_index(operation.name)
            return True
        return False

    def _drop_index(self, name: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.connection.ops.quote_name(name)}")

    # --- waiting for locks ----------------------------------------------------------------------------------------

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """Do what leaves nothing behind when it fails; again after a pause where only a lock was missing."""
        for attempt in range(1, self.limits.tries + 1):
            try:
                return work()
            except OperationalError as error:
                if (
                    attempt == self.limits.tries
                    or getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE
                ):
                    raise
            self.tell(
                f"No lock within {self.limits.lock_seconds:g} s; trying again ({attempt + 1} of {self.limits.tries})"
            )
            time.sleep(self.limits.pause_seconds * attempt)
        raise AssertionError("there is at least one try")


def _in_transaction(operation: Operation) -> bool:
    """Whether an operation of a migration without a transaction can be given one for itself."""
    return not isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently | RunPython | RunSQL)
