"""Writing many rows by COPY, with every trigger, key and check of the table at work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

from core.replicas.reading import write_noted


def ids_reserve(model: type[models.Model], count: int) -> list[int]:
    """Reserve ``count`` primary keys of a model's sequence; those not used are lost. One query, none for no key."""
    if count == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH sequence AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name)
            SELECT nextval(sequence.name) FROM sequence, generate_series(1, %s)
            """,
            [f'"{model._meta.db_table}"', model._meta.pk.column, count],
        )
        return [number for (number,) in cursor.fetchall()]


def values_present(model: type[models.Model], column: str, values: Collection[str]) -> set[str]:
    """Those of many values that a text column of the model's table has. One query with one parameter."""
    statement = sql.SQL("SELECT {column} FROM {table} WHERE {column} = ANY(%s::text[])").format(
        table=sql.Identifier(model._meta.db_table), column=sql.Identifier(column)
    )
    with connection.cursor() as cursor:
        # As text: who watches statements reads them.
        cursor.execute(statement.as_string(cursor.connection), [list(values)])
        return {value for (value,) in cursor.fetchall()}


def rows_copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of a model's table; ``columns`` are database columns, those left out get their database default.

    Rows are streamed. Django's defaults and `save` are not at work. Raises what the database raises.
    """
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(model._meta.db_table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    write_noted()
