"""One entry for all the rows that a statement brings in, for imports of history.

Row by row, the log of an import says for hundreds of thousands of rows what the rows themselves say, and costs more
than they do. So a transaction may ask for sums: for each statement and property one entry with the number of rows,
their ids and a digest of them. It is never silent, it is no less part of the chain, and it is for new rows of models
with ``summed_up`` only: whatever is changed or deleted is written row by row, also in such a transaction.

The digest is over the rows as text in the order of their ids, with the time zone UTC, as Django has it:

    sha256 of all sha256(row::text), one after the other
"""

from __future__ import annotations

from django.db import connection
from django.db.transaction import TransactionManagementError

from .triggers import BULK_SETTING


def audit_in_bulk() -> None:
    """Have new rows summed up in the log until the transaction ends. One query.

    Raises `TransactionManagementError` outside a transaction: the setting would be gone at once.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("audit_in_bulk() needs a transaction: it ends with it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [BULK_SETTING])
