"""Long lists, some rows at a time: whoever reads one holds neither all of it nor a cursor nor a transaction.

Behind a pooler in transaction mode no cursor of the server outlives its transaction, and one inside a transaction would
keep that open for as long as a file is written or a slow client fetches it. So the keys of the list are read first, in
its order, through a cursor that is closed again (eight bytes for each row), and then the rows of some keys at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

KEYS_A_FETCH = 10_000
ROWS_A_BATCH = 2_000


def values_of(
    rows: QuerySet[Any], paths: Sequence[str], *, size: int = ROWS_A_BATCH
) -> Iterator[tuple[Any, ...]]:
    """Return columns of the rows of a model with a number for its key, in their order, each row once.

    A row that has gone meanwhile is left out, one that has come is not in it. One transaction for the keys, and one
    query for every ``size`` rows.
    """
    for keys in _key_batches(rows, size):
        found = {key: values for key, *values in _batch(rows, keys).values_list("pk", *paths)}
        for key in keys:
            if key in found:
                yield tuple(found[key])


def objects_of(rows: QuerySet[M], *, size: int = ROWS_A_BATCH) -> Iterator[M]:
    """Return the rows themselves, otherwise as `values_of`."""
    for keys in _key_batches(rows, size):
        found = {row.pk: row for row in _batch(rows, keys)}
        for key in keys:
            if key in found:
                yield found[key]


def list_keys(rows: QuerySet[Any]) -> array[int]:
    """Return the keys of a list in its order. One transaction, with a cursor of the server."""
    keys = array("q")
    try:
        statement, parameters = rows.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return keys
    connection: Any = connections[rows.db]
    with transaction.atomic(using=rows.db), connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while fetched := cursor.fetchmany(KEYS_A_FETCH):
            keys.extend(line[0] for line in fetched)
    return keys


def _key_batches(rows: QuerySet[Any], size: int) -> Iterator[list[int]]:
    keys = list_keys(rows)
    for begin in range(0, len(keys), size):
        yield list(dict.fromkeys(keys[begin : begin + size]))


def _batch(rows: QuerySet[M], keys: list[int]) -> QuerySet[M]:
    batch = rows.all()
    batch.query.clear_limits()
    return batch.order_by().filter(pk__in=keys)
