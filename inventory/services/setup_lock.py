"""One at a time per house: adding nights, changing totals, blocking and re-pricing.

Selling takes no part in it. It comes before every row lock; without it a night that is being added could miss a
block that is being made at the same moment.
"""

from __future__ import annotations

from django.db import connection

from core.locks import lock_timeout

SETUP_LOCK_CLASS = 0x5641_4349
SETUP_LOCK_TIMEOUT_SECONDS = 30
ID_MAX = 2**31 - 1


def setup_lock(*, property_id: int, seconds: float = SETUP_LOCK_TIMEOUT_SECONDS) -> None:
    """Wait for the house's lock and keep it to the end of the transaction. Two queries."""
    with lock_timeout(seconds), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SETUP_LOCK_CLASS, property_id % ID_MAX])
