"""Point-in-time recovery: where the write-ahead log is kept, and how far back one can go. docs/recovery.md has more."""

from __future__ import annotations

from .servers import env

WAL_ARCHIVE = env("WAL_ARCHIVE", default="")
"""The folder that `archive_command` writes to; empty: `wal` in `BACKUP_ROOT`. Better on another machine's disk."""
WAL_STREAM = env("WAL_STREAM", default="")
"""The folder that `pg_receivewal` writes to; empty: `stream` in `BACKUP_ROOT`."""
RECOVERY_SCHEDULED = env.bool("RECOVERY_SCHEDULED", default=True)
"""Whether the workers make base backups and look for gaps, where there is an archive; no where something else does."""
RECOVERY_KEEP_DAYS = env.float("RECOVERY_KEEP_DAYS", default=7)
"""So many days back every moment can be restored: as many base backups and segments are kept as that needs."""
