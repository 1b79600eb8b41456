"""One operation of a migration in one line of words."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from core.trigger_migrations import Triggers

Where = tuple[str, ProjectState]
"""The app, and its models as they were before the operation."""


@singledispatch
def wording(operation: Operation, where: Where) -> list[str]:
    """The lines that say what an operation does; for one that is not known, what it says of itself."""
    return [operation.describe()]


def _says(kind: type[Operation]) -> Callable[[Any], Any]:
    return wording.register(kind)


def table_of(where: Where, name: str) -> str:
    """The table of a model."""
    label, state = where
    model: ModelState = state.models[label, name.lower()]
    return str(model.options.get("db_table") or f"{label}_{name.lower()}")


def column_words(name: str, field: Any) -> str:
    """A column with its kind: `rooms` (PositiveSmallIntegerField, may be empty)."""
    parts = [type(field).__name__]
    if field.is_relation:
        parts = [f"{'many to many' if field.many_to_many else 'refers'} to {_target(field)}"]
    if getattr(field, "max_length", None):
        parts.append(f"at most {field.max_length}")
    if getattr(field, "null", False):
        parts.append("may be empty")
    if getattr(field, "unique", False) and not field.primary_key:
        parts.append("unique")
    return f"`{name}` ({', '.join(parts)})"


def _target(field: Any) -> str:
    model = field.remote_field.model
    return str(model if isinstance(model, str) else model._meta.label)


@_says(ops.CreateModel)
def _(operation: ops.CreateModel, where: Where) -> list[str]:
    label, _state = where
    options = operation.options
    if options.get("proxy"):
        return [f"A proxy {operation.name}, without a table."]
    table = options.get("db_table") or f"{label}_{operation.name_lower}"
    if options.get("managed") is False:
        return [f"Table `{table}` is known to the code; somebody else makes it."]
    names = ", ".join(f"`{name}`" for name, field in operation.fields if not field.many_to_many)
    extra = [
        f"{len(options[key])} {words}"
        for key, words in (("indexes", "indexes"), ("constraints", "constraints"))
        if options.get(key)
    ]
    return [f"New table `{table}`: {names}" + (f"; {' and '.join(extra)}" if extra else "") + "."]


@_says(ops.DeleteModel)
def _(operation: ops.DeleteModel, where: Where) -> list[str]:
    return [f"Table `{table_of(where, operation.name)}` goes."]


@_says(ops.RenameModel)
def _(operation: ops.RenameModel, where: Where) -> list[str]:
    old = table_of(where, operation.old_name)
    return [f"Table `{old}` is renamed for {operation.new_name}."]


@_says(ops.AlterModelTable)
def _(operation: ops.AlterModelTable, where: Where) -> list[str]:
    return [f"Table `{table_of(where, operation.name)}` is renamed `{operation.table}`."]


@_says(ops.AddField)
def _(operation: ops.AddField, where: Where) -> list[str]:
    words = column_words(operation.name, operation.field)
    return [f"`{table_of(where, operation.model_name)}` gets {words}."]


@_says(ops.RemoveField)
def _(operation: ops.RemoveField, where: Where) -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` loses `{operation.name}`."]


@_says(ops.RenameField)
def _(operation: ops.RenameField, where: Where) -> list[str]:
    table = table_of(where, operation.model_name)
    return [f"In `{table}`, `{operation.old_name}` is now called `{operation.new_name}`."]


@_says(ops.AlterField)
def _(operation: ops.AlterField, where: Where) -> list[str]:
    label, state = where
    before = state.models[label, operation.model_name_lower].fields[operation.name]
    table = table_of(where, operation.model_name)
    _name, old_path, _args, old = before.deconstruct()
    _name, new_path, _args, new = operation.field.deconstruct()
    changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    if old_path != new_path:
        words = f"becomes {column_words(operation.name, operation.field).partition(' ')[2]}"
    else:
        words = " and ".join(_change_words(key, new) for key in changed) or "stays as it is"
    return [f"`{operation.name}` of `{table}` {words}."]


def _change_words(key: str, new: dict[str, Any]) -> str:
    """What it means that an argument of a field is another one."""
    if key == "null":
        return "may be empty" if new.get("null") else "must not be empty"
    if key == "db_index":
        return "has no index of its own any more" if new.get("db_index") is False else "has an index"
    if key == "unique":
        return "is unique" if new.get("unique") else "need not be unique"
    if key == "max_length":
        return f"may be {new['max_length']} long" if "max_length" in new else "may be as long as it is"
    if key == "choices":
        return "takes other words"
    return f"changes its {key.replace('_', ' ')}"


def _index(operation: Any, where: Where, how: str = "") -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` gets the index `{operation.index.name}`{how}."]


@_says(ops.AddIndex)
def _(operation: ops.AddIndex, where: Where) -> list[str]:
    return _index(operation, where)


@_says(AddIndexConcurrently)
def _(operation: AddIndexConcurrently, where: Where) -> list[str]:
    return _index(operation, where, ", while it is used")


@_says(ops.RemoveIndex)
def _(operation: ops.RemoveIndex, where: Where) -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` loses the index `{operation.name}`."]


@_says(RemoveIndexConcurrently)
def _(operation: RemoveIndexConcurrently, where: Where) -> list[str]:
    return [
        f"`{table_of(where, operation.model_name)}` loses the index `{operation.name}`, while it is used."
    ]


@_says(ops.RenameIndex)
def _(operation: ops.RenameIndex, where: Where) -> list[str]:
    return [f"An index of `{table_of(where, operation.model_name)}` is now called `{operation.new_name}`."]


def _constraint(operation: Any, where: Where, how: str = "") -> list[str]:
    constraint = operation.constraint
    kind = {models.UniqueConstraint: "unique constraint", models.CheckConstraint: "check"}.get(
        type(constraint), "constraint"
    )
    return [f"`{table_of(where, operation.model_name)}` gets the {kind} `{constraint.name}`{how}."]


@_says(ops.AddConstraint)
def _(operation: ops.AddConstraint, where: Where) -> list[str]:
    return _constraint(operation, where)


@_says(AddConstraintNotValid)
def _(operation: AddConstraintNotValid, where: Where) -> list[str]:
    return _constraint(operation, where, " for new rows")


@_says(ValidateConstraint)
def _(operation: ValidateConstraint, where: Where) -> list[str]:
    return [f"`{operation.name}` of `{table_of(where, operation.model_name)}` holds for all rows."]


@_says(ops.RemoveConstraint)
def _(operation: ops.RemoveConstraint, where: Where) -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` loses the constraint `{operation.name}`."]


@_says(ops.RunSQL)
def _(operation: ops.RunSQL, where: Where) -> list[str]:
    sql = operation.sql if isinstance(operation.sql, str) else "; ".join(map(str, operation.sql))
    first = next(
        (line for line in map(str.strip, sql.splitlines()) if line and not line.startswith("--")), ""
    )
    words = " ".join(first.replace("`", "'").split())
    return [f"SQL: `{words if len(words) <= 90 else words[:89] + '…'}`"]


@_says(ops.RunPython)
def _(operation: ops.RunPython, where: Where) -> list[str]:
    name = getattr(operation.code, "__name__", "code").replace("_", " ")
    about = (operation.code.__doc__ or name).strip().splitlines()[0]
    return [f"Data: {about}"]


@_says(AddTrigger)
def _(operation: AddTrigger, where: Where) -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` gets the trigger `{operation.trigger.name}`."]


@_says(RemoveTrigger)
def _(operation: RemoveTrigger, where: Where) -> list[str]:
    return [f"`{table_of(where, operation.model_name)}` loses the trigger `{operation.name}`."]


@_says(Triggers)
def _(operation: Triggers, where: Where) -> list[str]:
    return [line for step in operation.steps for line in wording(step, where)]


@_says(ops.SeparateDatabaseAndState)
def _(operation: ops.SeparateDatabaseAndState, where: Where) -> list[str]:
    label, state = where
    lines = []
    for inner in operation.database_operations:
        lines += wording(inner, (label, state))
        state = state.clone()
        inner.state_forwards(label, state)
    if not lines:
        state = where[1]
        for inner in operation.state_operations:
            lines += [
                f"Only in the code: {line[0].lower()}{line[1:]}" for line in wording(inner, (label, state))
            ]
            state = state.clone()
            inner.state_forwards(label, state)
    return lines


@_says(ops.AlterModelOptions)
@_says(ops.AlterModelManagers)
def _(operation: Any, where: Where) -> list[str]:
    return []
