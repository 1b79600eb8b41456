"""How long a transaction waits for somebody else's lock, and how long a statement may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.transaction import TransactionManagementError

LOCK_TIMEOUT_SECONDS = 3
PROOF_SECONDS = 900
"""A statement that reads every row of a large house, by night or by hand, may take so long."""


@contextmanager
def lock_timeout(seconds: float | None = None, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Wait at most `seconds` for each lock, or `LOCK_TIMEOUT_SECONDS`, from here to the end of the transaction.

    A lock that cannot be had in time raises a database error, which `core.exceptions.translate_integrity_errors`
    turns into `Unavailable(code="busy")`. One query. Raises `TransactionManagementError` outside a transaction, where
    the limit (and the lock) would be gone with the statement, and `ValueError` for a limit that is none.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "lock_timeout() needs a transaction: a lock outside one is gone at once"
        )
    milliseconds = round((LOCK_TIMEOUT_SECONDS if seconds is None else seconds) * 1000)
    if milliseconds < 1:
        raise ValueError("a lock timeout of 0 would wait for ever")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
    yield


@contextmanager
def patient_statements(seconds: float = PROOF_SECONDS, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """A transaction whose statements may take `seconds` each instead of the 30 s of everybody else.

    For what reads whole tables, never in a request. The limit of an outer transaction stays changed until that ends.
    One query.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{round(seconds * 1000)}ms"])
        yield
