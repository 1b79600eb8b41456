"""Where the log of the database is kept, and how far back one can go."""

from __future__ import annotations

from .variable import Section, Variable

SECTIONS = (
    Section(
        "Any moment",
        (
            Variable(
                "WAL_ARCHIVE",
                "the folder that the server's `archive_command` writes to; best on another machine's disk",
                "`wal` in `BACKUP_ROOT`",
                "/mnt/archive/wal",
            ),
            Variable(
                "WAL_STREAM",
                "the folder that `deploy/postgres/receive-wal` writes to",
                "`stream` in `BACKUP_ROOT`",
                "/mnt/archive/stream",
            ),
            Variable(
                "RECOVERY_SCHEDULED",
                "whether the workers make a base backup every night and look for gaps every hour, where one of these "
                "folders is there",
                "`true`",
                "false",
            ),
            Variable(
                "RECOVERY_KEEP_DAYS",
                "so many days back every moment can be restored: base backups and log are kept for that",
                "`7`",
                "14",
            ),
        ),
    ),
)
