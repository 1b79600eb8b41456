"""Rows by the thousand: one INSERT … SELECT generate_series for each table, with a filler for every column left out.

Foreign keys and triggers are off while this is done (`session_replication_role`); check constraints and unique ones
are not, so that the planner sees rows that could have been written by the site.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models import NOT_PROVIDED

BASE = 1_000_000
"""The first row of every table has the id after this one: no sequence is touched."""


def fill(model: type[models.Model], rows: int, /, **columns: str) -> None:
    """Write rows 1 to ``rows``. ``columns``: SQL by field, in which ``n`` is the row's number."""
    expressions: dict[str, str] = {}
    parameters: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.name in columns:
            expressions[field.column] = columns.pop(field.name)
        elif field.primary_key:
            if not isinstance(field, models.OneToOneField):
                expressions[field.column] = _key(field)
        elif not (field.null or field.generated or field.db_default is not NOT_PROVIDED):
            expressions[field.column], value = _filler(field)
            parameters += value
    if columns:
        raise ValueError(f"{model.__name__} has no {', '.join(columns)}")
    names = ", ".join(f'"{name}"' for name in expressions)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names})'
            f" SELECT {', '.join(expressions.values())} FROM generate_series(1, {rows}) AS n",
            parameters,
        )


def ids(count: int, *, offset: str = "0") -> str:
    """SQL for the id of one of ``count`` rows of another table, taking turns."""
    return f"{BASE} + 1 + (n + {offset}) %% {count}"


def _key(field: models.Field[Any, Any]) -> str:
    return "gen_random_uuid()" if isinstance(field, models.UUIDField) else f"{BASE} + n"


def _filler(field: models.Field[Any, Any]) -> tuple[str, list[Any]]:
    """SQL for a column that must have a value, with its parameters."""
    if field.unique or isinstance(field, models.UUIDField):
        if isinstance(field, models.UUIDField):
            return "gen_random_uuid()", []
        if isinstance(field, models.CharField):
            return f"left(upper(md5('{field.name}' || n)), {field.max_length or 32})", []
        return f"{BASE} + n", []
    if field.has_default():
        value = field.get_default()
        return "%s", [field.get_db_prep_save(value, connection)]
    if isinstance(field, models.DateTimeField):
        return "now()", []
    if isinstance(field, models.DateField):
        return "current_date", []
    if isinstance(field, models.JSONField):
        return "'{}'::jsonb", []
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        return "''", []
    if isinstance(field, models.BooleanField):
        return "false", []
    return "0", []
