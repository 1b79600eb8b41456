"""What can go wrong with a backup, each in one sentence for the operator."""

from __future__ import annotations


class BackupError(Exception):
    """A backup could not be made, read or restored; the text is one sentence that says what to do."""


class BackupBusy(BackupError):
    """Another process is working on the backups."""


class BackupNotFound(BackupError):
    """There is no backup of that name."""


class BackupDamaged(BackupError):
    """A backup is not what its manifest says."""


class RestoreRefused(BackupError):
    """Nothing was touched: the backup does not fit the server, the code or the target."""


class DestinationFailed(BackupError):
    """The second place could not be reached, or does not hold what it should."""
