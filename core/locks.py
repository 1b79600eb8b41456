"""How long a transaction waits for somebody else's lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import TransactionManagementError

LOCK_TIMEOUT_SECONDS = 3


@contextmanager
def lock_timeout(seconds: float = LOCK_TIMEOUT_SECONDS, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Wait at most `seconds` for each lock, from here to the end of the transaction.

    A lock that cannot be had in time raises a database error, which `core.exceptions.translate_integrity_errors`
    turns into `Unavailable(code="busy")`. One query. Raises `TransactionManagementError` outside a transaction, where
    the limit (and the lock) would be gone with the statement, and `ValueError` for a limit that is none.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "lock_timeout() needs a transaction: a lock outside one is gone at once"
        )
    milliseconds = round(seconds * 1000)
    if milliseconds < 1:
        raise ValueError("a lock timeout of 0 would wait for ever")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
    yield
