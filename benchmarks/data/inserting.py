"""`INSERT … SELECT` for a model: what an expression does not say is the model's own default."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, models
from django.db.models import NOT_PROVIDED
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows of a model from a query: ``source`` is what stands behind FROM, each expression is SQL over it."""

    model: type[models.Model]
    source: str
    expressions: dict[str, str]

    def statement(self) -> str:
        """The statement. Raises `ValueError` for an expression that is no column's."""
        fields = [
            field
            for field in self.model._meta.concrete_fields
            if not isinstance(field, models.GeneratedField)
            and (
                field.column in self.expressions
                or not (field.primary_key or field.db_default is not NOT_PROVIDED)
            )
        ]
        unknown = self.expressions.keys() - {field.column for field in fields}
        if unknown:
            raise ValueError(f"{self.model._meta.label} has no columns {', '.join(sorted(unknown))}")
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ",\n       ".join(
            self.expressions.get(str(field.column)) or _default(field) for field in fields
        )
        table = self.model._meta.db_table
        return f'INSERT INTO "{table}" ({columns})\nSELECT {values}\nFROM {self.source}'

    def run(self) -> int:
        """Write the rows; how many. One statement."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement())
            return int(cursor.rowcount)


def _default(field: models.Field[object, object]) -> str:
    """A column's default as SQL; rows that are made up have been there for a year."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now() - interval '1 year'"
    value = field.get_default()
    if value is None or (value == "" and field.null):
        return "NULL"
    prepared = field.get_db_prep_save(value, connection)
    return f"{sql.Literal(prepared).as_string(connection.connection)}::{field.db_type(connection)}"
