"""What `manage.py upgrade` may do to a database that is in use."""

from __future__ import annotations

from .servers import env

UPGRADE_LOCK_SECONDS = env.float("UPGRADE_LOCK_SECONDS", default=3)
"""How long a migration waits for a lock; so long guests wait behind it."""
UPGRADE_LOCK_TRIES = env.int("UPGRADE_LOCK_TRIES", default=5)
"""How often a migration that did not get its lock is tried."""
UPGRADE_STATEMENT_SECONDS = env.float("UPGRADE_STATEMENT_SECONDS", default=300)
"""How long a statement of a migration may run; those that hold nobody up may take as long as they need."""
UPGRADE_TRANSACTION_SECONDS = env.float("UPGRADE_TRANSACTION_SECONDS", default=60)
"""An upgrade does not begin while a transaction of somebody else is older."""
UPGRADE_FREE_MEGABYTES = env.int("UPGRADE_FREE_MEGABYTES", default=1024)
"""So much must be free where the database (if it is on this machine) and its backups are."""
