"""The rules, each with what it prevents and how the same is done while the site is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.migrations import SeparateDatabaseAndState
from django.db.migrations.operations import RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .looks import Look, statement_looks
from .steps import Step

RULES: dict[str, str] = {
    "index": (
        "An index that is made or dropped without CONCURRENTLY stops every write to its table meanwhile: use "
        "AddIndexConcurrently or RemoveIndexConcurrently in a migration of its own with atomic = False; a foreign key "
        "gets db_index=False first."
    ),
    "not-null": (
        "A column that must not be empty breaks the version that does not write it, or has the table read under a "
        "lock: give it db_default, or add it nullable, fill it in a later migration, and demand it by a check "
        "constraint that is added NOT VALID and validated apart."
    ),
    "constraint": (
        "A constraint or foreign key that is checked as it is added holds the table as long as reading it takes: "
        "AddConstraintNotValid first, ValidateConstraint in a later migration; a unique one from an index that was "
        "made CONCURRENTLY (ADD CONSTRAINT ... USING INDEX); a foreign key with db_constraint=False and ADD CONSTRAINT "
        "... NOT VALID."
    ),
    "rewrite": (
        "This writes or locks the whole table anew: add a new column, write both, copy in batches, and leave the old "
        "one a release later."
    ),
    "still-used": (
        "The version that still runs reads or writes this: take it out of the models first (SeparateDatabaseAndState), "
        "and out of the database a release later."
    ),
    "irreversible": "There is no way back: give the operation its reverse (RunPython.noop where there is none).",
    "mixed": (
        "Schema and data in one migration hold the schema's locks as long as the data take: make two migrations."
    ),
    "concurrently": (
        "CONCURRENTLY cannot run in a transaction: the migration needs atomic = False, and nothing else in it."
    ),
}


@dataclass
class Context:
    """What is known while a migration is read: tables made in it, tables and columns of the version that still runs."""

    atomic: bool
    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    created: set[str] = field(default_factory=set)
    unvalidated: set[str] = field(default_factory=set)
    """Tables that got a constraint which is not validated yet, in this migration."""
    schema: bool = False
    data: bool = False
    concurrent: int = 0


def step_findings(step: Step, context: Context) -> Iterator[tuple[str, str]]:
    """What is wrong with a step: the rule and what it is about. Notes in the context what later steps need to know."""
    if not step.operation.reversible:
        yield "irreversible", step.operation.describe()
    context.data |= step.runs_code
    looks = [look for statement in step.statements for look in statement_looks(statement, step.before)]
    dropped = {look.about for look in looks if look.kind == "drop-default"}
    for look in looks:
        yield from _look_findings(look, context, dropped)


def _look_findings(look: Look, context: Context, dropped: set[str]) -> Iterator[tuple[str, str]]:
    """What one action of one statement does to a table that is not new."""
    if look.kind == "create-table":
        context.created.add(look.table)
    elif look.kind == "data":
        context.data = True
    elif look.table not in context.created:
        context.schema = True
        context.concurrent += look.kind == "concurrently"
        rule, is_refused = VERDICTS.get(look.kind, (look.kind, _always))
        if rule in RULES and is_refused(look, context, dropped):
            yield rule, look.about
        if look.kind == "not-valid":
            context.unvalidated.add(look.table)


def _always(_look: Look, _context: Context, _dropped: set[str]) -> bool:
    return True


def _in_transaction(_look: Look, context: Context, _dropped: set[str]) -> bool:
    return context.atomic


def _unfilled(look: Look, _context: Context, dropped: set[str]) -> bool:
    """Django gives a column its default for the rows that are there, and takes it away again."""
    return not look.has_default or look.about in dropped


def _column_used(look: Look, context: Context, _dropped: set[str]) -> bool:
    return (look.table, look.about.partition(".")[2]) in context.columns


def _table_used(look: Look, context: Context, _dropped: set[str]) -> bool:
    return look.table in context.tables


def _added_here(look: Look, context: Context, _dropped: set[str]) -> bool:
    return context.atomic and look.table in context.unvalidated


VERDICTS: dict[str, tuple[str, Callable[[Look, Context, set[str]], bool]]] = {
    "concurrently": ("concurrently", _in_transaction),
    "add-not-null": ("not-null", _unfilled),
    "drop-column": ("still-used", _column_used),
    "rename-column": ("still-used", _column_used),
    "drop-table": ("still-used", _table_used),
    "rename-table": ("still-used", _table_used),
    "validate": ("constraint", _added_here),
}
"""Which rule an action of a kind may break, and when it does; other kinds are rules themselves, or harmless."""


def migration_findings(context: Context, steps: int) -> Iterator[tuple[str, str]]:
    """What is wrong with the migration as a whole, once all its steps were read."""
    if context.schema and context.data:
        yield "mixed", "schema and data"
    if not context.atomic and context.concurrent and steps > context.concurrent:
        yield "concurrently", "other operations beside CONCURRENTLY"


def forgotten_columns(operation: Operation, label: str, state: ProjectState) -> Iterator[tuple[str, str]]:
    """Columns that leave the models and stay in the database, where new rows cannot be written without them."""
    if not isinstance(operation, SeparateDatabaseAndState):
        return
    for inner in operation.state_operations:
        if isinstance(inner, RemoveField) and not operation.database_operations:
            left = state.models[label, inner.model_name_lower].fields[inner.name]
            if not left.null and not left.has_db_default() and not left.many_to_many:
                yield (
                    "not-null",
                    f"{inner.model_name_lower}.{inner.name}, which stays and nobody writes any more",
                )
